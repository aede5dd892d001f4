import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../install.mjs'
import { aptInstall, isExecutable, onPath } from './programs.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const applications = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Returns the path of a Chromium: CHROMIUM_PATH, the system's, Playwright's, or a new Debian package. Undefined if none is
 * found. Throws if CHROMIUM_PATH is not a program.
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH is not an executable file: ${given}`)
    return given
  }
  const installed = onPath(...names) ?? [...applications, playwrightsOwn()].find(isExecutable)
  return installed ?? (aptInstall('chromium') ? onPath(...names) : undefined)
}

/** The path that `playwright install` uses. The file may not exist. */
const playwrightsOwn = () =>
  createRequire(join(root, 'web/package.json'))('@playwright/test').chromium.executablePath()
