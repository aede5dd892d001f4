import { expectAccessible, sizes, themes } from './expect-accessible.js'
import { expect, rows, test } from './fixtures.js'
import { stripeEvent } from './real-input.js'

// The test opens a webhook that does not exist.
test.use({ expected: { faults: /404/ } })

for (const theme of themes) {
  for (const [name, viewport] of Object.entries(sizes)) {
    test(`all pages are accessible in the ${theme} theme, ${name} size`, async ({ page, whook, webhook }) => {
      test.setTimeout(300_000)
      await page.setViewportSize(viewport)
      await page.addInitScript(
        (value) =>
          localStorage.setItem(
            'whook.preferences',
            JSON.stringify({ theme: value, singleKeys: true, utc: false }),
          ),
        theme,
      )
      const check = async (what: string) => {
        await page.waitForLoadState('networkidle')
        await expectAccessible(page, what)
      }
      const of = `${whook.url}/webhooks/${webhook.id}`
      await page.goto(of)
      await check('empty inspector')
      await page.goto(`${of}/destinations`)
      await check('no destination')

      await whook.api('POST', `/webhooks/${webhook.id}/destinations`, {
        url: 'http://127.0.0.1:49999/',
        name: 'unreachable',
      })
      await fetch(webhook.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(stripeEvent),
      })
      await page.goto(of)
      await rows(page).first().click()
      for (const tab of ['Body', 'Headers', 'Deliveries', 'Response', 'Raw']) {
        await page.getByRole('tab', { name: tab }).click()
        await check(tab)
      }
      const phone = name === 'phone'
      await page.getByRole('button', { name: phone ? 'More actions' : 'Copy as' }).click()
      await check('menu')
      // Escape closes the menu, but not the request below it.
      await page.keyboard.press('Escape')
      await expect(page.getByRole('menu')).toBeHidden()
      for (const dialog of ['Edit and resend', 'Compare']) {
        // On a phone, less frequent actions are in the menu.
        const inMenu = phone && dialog === 'Compare'
        if (inMenu) await page.getByRole('button', { name: 'More actions' }).click()
        await page.getByRole(inMenu ? 'menuitem' : 'button', { name: dialog }).click()
        await expect(page.getByRole('dialog', { name: dialog, exact: true })).toBeVisible()
        await check(dialog)
        await page.keyboard.press('Escape')
      }
      await page.goto(of)
      await rows(page)
        .first()
        .click({ modifiers: ['Control'] })
      await check('a row selected')
      for (const name of ['Send test', 'Replay']) {
        await page.getByRole('button', { name, exact: true }).click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await check(`${name} dialog`)
        await page.keyboard.press('Escape')
      }
      await page.keyboard.press('?')
      await check('keys')
      await page.keyboard.press('Escape')
      await page.goto(`${of}?q=nowhere-to-be-found`)
      await expect(page.getByText('Nothing matches this filter')).toBeVisible()
      await check('nothing matches')
      await page.goto(`${whook.url}/deliveries?statusCode=599`)
      await expect(page.getByText('Nothing matches this filter')).toBeVisible()
      await check('no delivery matches')
      await page.goto(`${whook.url}/webhooks/00000000-0000-7000-8000-000000000000`)
      await expect(page.getByText('This webhook cannot be found')).toBeVisible()
      await check('a missing webhook')
      for (const path of ['', '/overview', '/deliveries', '/settings', '/nowhere']) {
        await page.goto(whook.url + path)
        await check(path || 'webhooks')
      }
      for (const [path, button] of [
        ['/settings', 'Delete webhook'],
        ['/transformation', 'Versions'],
        ['/destinations', undefined],
      ]) {
        await page.goto(of + path)
        await page.getByRole('navigation', { name: 'Webhook' }).waitFor()
        await check(path!)
        if (!button) continue
        await page.getByRole('button', { name: button }).click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await check(`${path}, ${button}`)
        await page.keyboard.press('Escape')
      }
      await page
        .getByRole('button', { name: /unreachable/ })
        .first()
        .click()
      await check('destination form')
      await page.getByRole('button', { name: 'Add destination' }).click()
      await check('add a destination')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+k')
      await check('palette')
    })
  }
}

test('the sign-in page is accessible', async ({ browser, whook }) => {
  const page = await browser.newPage()
  await page.goto(`${whook.url}/login`)
  await page.getByRole('heading').waitFor()
  await expectAccessible(page, 'sign in')
  await page.close()
})
