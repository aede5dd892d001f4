import { chromium, type Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startWhook } from '@whook/testing/product/start-whook'
import { readmePictures, scenes } from './scenes.js'
import { seed } from './seed.js'
import type { Scene } from './stage.js'
import { seedTroubles } from './troubles.js'

/**
 * Takes screenshots of Whook. Run `npm run build` first. Without arguments: the pictures of the README. With a folder:
 * all pages and states in light, dark and on a phone.
 * `CHROMIUM_PATH=… node --import tsx web/screenshots/take.ts [folder [variant [name]]]`
 */
const [folder, only, named] = process.argv.slice(2)
const variants = {
  light: { theme: 'light', viewport: { width: 1440, height: 860 } },
  dark: { theme: 'dark', viewport: { width: 1440, height: 860 } },
  phone: { theme: 'dark', viewport: { width: 390, height: 844 } },
  'phone-light': { theme: 'light', viewport: { width: 390, height: 844 } },
} as const
type Variant = keyof typeof variants

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] || undefined,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
})
// Start Whook after the browser: if the browser fails to start, there is nothing to stop.
const whook = await startWhook()
try {
  const seeded = await seed(whook)
  const troubles = folder ? await seedTroubles(whook) : undefined
  const first = await browser.newContext()
  const signedIn = await first.newPage()
  await signedIn.goto(whook.loginUrl)
  await signedIn.getByRole('heading', { name: 'Webhooks' }).waitFor()
  const cookies = await first.cookies()

  async function take(file: string, variant: Variant, { go, signedOut, moving }: Scene) {
    const { theme, viewport } = variants[variant]
    const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC' })
    if (!signedOut) await context.addCookies(cookies)
    const page: Page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.addInitScript((value) => {
      localStorage.setItem('whook.preferences', JSON.stringify({ theme: value }))
    }, theme)
    try {
      await go({ page, url: whook.url, seeded, troubles, phone: viewport.width < 640 })
      await page.mouse.move(0, 0)
      await page.evaluate(() => document.fonts.ready)
      // Wait until loading states have faded in.
      if (moving) {
        await page.locator('.animate-pulse').first().waitFor()
        await page.waitForTimeout(600)
      } else await page.waitForLoadState('networkidle')
    } catch (problem) {
      console.error(`${file}: ${(problem as Error).message.split('\n', 3).join(' ')}`)
      process.exitCode = 1
    }
    await page.screenshot({ path: file })
    await context.close()
  }

  if (folder) {
    await mkdir(folder, { recursive: true })
    for (const variant of Object.keys(variants) as Variant[])
      for (const [name, scene] of Object.entries(scenes))
        if ((!only || only === variant) && (!named || new RegExp(named).test(name)))
          await take(`${folder}/${name}-${variant}.png`, variant, scene)
  } else {
    const images = fileURLToPath(new URL('../../docs/images/', import.meta.url))
    for (const [file, [name, variant]] of Object.entries(readmePictures))
      await take(`${images}${file}.png`, variant, scenes[name]!)
  }
  await seeded.close()
  await troubles?.close()
} finally {
  await browser.close()
  await whook.close()
}
