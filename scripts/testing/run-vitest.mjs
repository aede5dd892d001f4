import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root, run } from '../install.mjs'
import { fromVitest } from './results.mjs'

/** Runs the projects of vitest.config.ts, or the files that the arguments select. Returns the counts. */
export async function runVitest({ args, env, folder }) {
  const file = join(folder, 'vitest.json')
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const code = await run(process.execPath, [vitest, 'run', ...options, ...args], { env, allowFailure: true })
  return fromVitest(JSON.parse(await readFile(file, 'utf8')), code, (path) => relative(root, path))
}
