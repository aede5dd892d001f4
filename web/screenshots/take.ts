import { chromium, type Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startWhook } from '../e2e/start-whook.js'
import { seed } from './seed.js'

/** The README's pictures: `CHROMIUM_PATH=… node --import tsx web/screenshots/take.ts`, after `npm run build`. */
const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const desk = { width: 1440, height: 860 }
const phone = { width: 390, height: 844 }

const whook = await startWhook()
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] || undefined,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
})
try {
  const seeded = await seed(whook)
  const first = await browser.newContext()
  const signedIn = await first.newPage()
  await signedIn.goto(whook.loginUrl)
  await signedIn.getByRole('heading', { name: 'Webhooks' }).waitFor()
  const cookies = await first.cookies()
  const of = `${whook.url}/webhooks/${seeded.payments.id}`
  await mkdir(folder, { recursive: true })

  async function take(
    name: string,
    theme: 'light' | 'dark',
    viewport: typeof desk,
    go: (page: Page) => Promise<unknown>,
  ) {
    const context = await browser.newContext({ viewport, locale: 'en-GB' })
    await context.addCookies(cookies)
    const page = await context.newPage()
    await page.addInitScript((value) => {
      localStorage.setItem('whook.preferences', JSON.stringify({ theme: value }))
    }, theme)
    await go(page)
    await page.mouse.move(0, 0)
    await page.waitForLoadState('networkidle')
    await page.evaluate(() => document.fonts.ready)
    await page.screenshot({ path: `${folder}${name}.png` })
    await context.close()
  }
  const openInvoice = async (page: Page) => {
    await page.goto(of)
    const list = page.getByRole('listbox', { name: 'Requests' })
    await list.getByRole('option').filter({ hasText: 'invoice.paid' }).first().click()
    await page.getByLabel('Body as a tree').getByText('"invoice.paid"').first().waitFor()
  }

  await take('inspector-dark', 'dark', desk, openInvoice)
  await take('inspector-light', 'light', desk, openInvoice)
  await take('inspector-phone', 'dark', phone, openInvoice)
  await take('script-light', 'light', desk, async (page) => {
    await page.goto(`${of}/transformation`)
    const input = page.getByLabel('Input', { exact: true }).first()
    await page.getByLabel('Script', { exact: true }).waitFor()
    const invoice = input.locator('option').filter({ hasText: 'invoice.paid' }).first()
    await input.selectOption(await invoice.getAttribute('value'))
    await page.getByText('amount_due').last().waitFor()
    await page.getByRole('button', { name: 'Test run' }).click()
    await page.getByText(/passed in/).waitFor()
  })
  await take('deliveries-dark', 'dark', desk, async (page) => {
    await page.goto(`${whook.url}/deliveries?webhookId=${seeded.payments.id}`)
    const rows = page.getByRole('main').getByRole('listitem')
    await rows.filter({ hasText: 'retrying' }).first().click()
    await page.getByText('Next attempt').waitFor()
  })
  await take('overview-light', 'light', desk, async (page) => {
    await page.goto(`${whook.url}/overview?range=1h`)
    await page.getByText('Conservation').waitFor()
  })
  await seeded.close()
} finally {
  await browser.close()
  await whook.close()
}
