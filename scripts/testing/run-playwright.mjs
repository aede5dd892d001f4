import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from '../install.mjs'
import { fromPlaywright } from './results.mjs'

/** Runs web/e2e in the Chromium of CHROMIUM_PATH and returns the counts. */
export async function runPlaywright({ env, folder }) {
  const file = join(folder, 'playwright.json')
  const playwright = join(root, 'web/node_modules/@playwright/test/cli.js')
  const args = [
    playwright,
    'test',
    '--config',
    join(root, 'web/playwright.config.ts'),
    '--reporter=list,json',
  ]
  const code = await run(process.execPath, args, {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    allowFailure: true,
  })
  return fromPlaywright(JSON.parse(await readFile(file, 'utf8')), code)
}
