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

/** Path of a Chromium: the one CHROMIUM_PATH names, the system's, Playwright's, or Debian's. Undefined where there is none. */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!isExecutable(given)) throw new Error(`CHROMIUM_PATH names no program: ${given}`)
    return given
  }
  const installed = onPath(...names) ?? [...applications, playwrightsOwn()].find(isExecutable)
  return installed ?? (aptInstall('chromium') ? onPath(...names) : undefined)
}

/** Where `playwright install` puts it; it need not be there. */
const playwrightsOwn = () =>
  createRequire(join(root, 'web/package.json'))('@playwright/test').chromium.executablePath()
