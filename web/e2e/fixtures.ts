import { randomUUID } from 'node:crypto'
import { test as base, expect, type Page } from '@playwright/test'
import type { Webhook } from '@whook/shared'
import { startWhook, type Whook } from '@whook/testing/product/start-whook'

interface Fixtures {
  /** A signed-in page. The test fails on console errors and on requests to other origins. */
  page: Page
  /** A webhook for this test only. */
  webhook: Webhook
  /** Console errors that a test expects, such as a failure it causes. */
  expected: { faults: RegExp }
}

interface WorkerFixtures {
  whook: Whook
  cookies: { name: string; value: string; url: string }[]
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  whook: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the dependencies from the pattern
    async ({}, use) => {
      const whook = await startWhook()
      await use(whook)
      await whook.close()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  cookies: [
    async ({ whook, browser }, use) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(whook.loginUrl)
      await page.getByRole('heading', { name: 'Webhooks' }).waitFor()
      const cookies = await context.cookies()
      await context.close()
      await use(cookies.map(({ name, value }) => ({ name, value, url: whook.url })))
    },
    { scope: 'worker' },
  ],
  webhook: async ({ whook }, use) => {
    const webhook = await whook.api<Webhook>('POST', '/webhooks', { name: `Test ${randomUUID()}` })
    await use(webhook)
  },
  expected: [{ faults: /^$/ }, { option: true }],
  page: async ({ page, whook, cookies, expected, context }, use) => {
    await context.addCookies(cookies)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const faults = watchFaults(page, whook.url)
    await use(page)
    expect(faults.filter((fault) => !expected.faults.test(fault))).toEqual([])
  },
})

/**
 * Playwright runs its own script in every frame. In the sandboxed frame for images the browser sometimes logs that
 * script as blocked (https://github.com/microsoft/playwright/issues/33343). The frame contains only our `<img>`, so
 * the blocked script is never one of the page.
 */
const playwrightsOwn = /^Blocked script execution in 'about:srcdoc' because the document's frame is sandboxed/

/** Collects faults of a page: console errors, uncaught exceptions, and requests to other origins. */
export function watchFaults(page: Page, origin: string): string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !playwrightsOwn.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  const check = (address: string) => {
    const url = new URL(address)
    const own = [origin, origin.replace('http', 'ws')]
    if (/^(https?|wss?):$/.test(url.protocol) && !own.includes(url.origin))
      faults.push(`requested ${address}`)
  }
  page.on('request', (request) => check(request.url()))
  page.on('websocket', (socket) => check(socket.url()))
  return faults
}

export { expect } from '@playwright/test'

/** The rows of the request list, newest first. */
export const rows = (page: Page) => page.getByRole('listbox', { name: 'Requests' }).getByRole('option')
