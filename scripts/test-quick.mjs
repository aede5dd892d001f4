import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine } from './testing/results.mjs'
import { runVitest } from './testing/run-vitest.mjs'

/** `npm run test:quick`: the tests that start no database, no process and no browser, within two minutes on two cores. */
export async function main(args) {
  const folder = await mkdtemp(join(tmpdir(), 'whook-test-run-'))
  try {
    const config = ['--config', 'vitest.quick.config.ts']
    const result = await runVitest({ args: [...config, ...args], env: process.env, folder })
    if (result.failed > 0) process.exitCode = 1
    console.log(`\n${closingLine(result)}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
