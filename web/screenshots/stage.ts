import type { Page } from '@playwright/test'
import type { seed } from './seed.js'
import type { seedTroubles } from './troubles.js'

export interface Scene {
  go: (stage: Stage) => Promise<unknown>
  signedOut?: boolean
  /** The scene shows a loading state that never ends. */
  moving?: boolean
}
export interface Stage {
  page: Page
  url: string
  seeded: Awaited<ReturnType<typeof seed>>
  /** Only when all pictures are taken. The pictures of the README show no failures. */
  troubles?: Awaited<ReturnType<typeof seedTroubles>>
  phone: boolean
}
export type Go = Scene['go']

/** Holds matching requests without a response. */
export const hold = (page: Page, what: RegExp) => page.route(what, () => {})
export const refuse = (page: Page, what: RegExp, status: number, code: string, detail: string) =>
  page.route(what, (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: detail, status, code, detail }),
    }),
  )
export const empty = (page: Page, what: RegExp) =>
  page.route(what, (route) => route.fulfill({ json: { items: [], nextCursor: null } }))

export const at =
  (path: string, ready: string | RegExp): Go =>
  async ({ page, url }) => {
    await page.goto(url + path)
    await page.getByText(ready).first().waitFor()
  }
export const inWebhook =
  (which: 'payments' | 'shop' | 'feed' | 'deploys', path: string, ready: string | RegExp): Go =>
  async ({ page, url, seeded }) => {
    await page.goto(`${url}/webhooks/${seeded[which].id}${path}`)
    await page.getByText(ready).first().waitFor()
  }
export const row =
  (which: 'payments' | 'feed', text: string, more?: (stage: Stage) => Promise<unknown>): Go =>
  async (stage) => {
    const { page, url, seeded } = stage
    await page.goto(`${url}/webhooks/${seeded[which].id}`)
    const list = page.getByRole('listbox', { name: 'Requests' })
    await list.getByRole('option').filter({ hasText: text }).first().click()
    await page.getByRole('article').waitFor()
    await more?.(stage)
  }
export const tab =
  (name: string) =>
  ({ page }: Stage) =>
    page.getByRole('tab', { name }).click()
export const view =
  (name: string) =>
  ({ page }: Stage) =>
    page.locator(`[data-view=${name}]`).click()
export const press =
  (...keys: string[]) =>
  async ({ page }: Stage) => {
    for (const key of keys) await page.keyboard.press(key)
    await page.waitForTimeout(300)
  }
export const button =
  (name: string | RegExp) =>
  async ({ page }: Stage) => {
    await page.getByRole('button', { name }).last().click()
    await page.waitForTimeout(300)
  }
export const then =
  (...steps: Go[]): Go =>
  async (stage) => {
    for (const step of steps) await step(stage)
  }
/** Responds to matching requests with 503. */
export const down =
  (what: RegExp): Go =>
  ({ page }) =>
    refuse(page, what, 503, 'unavailable', 'The database is unavailable.')
