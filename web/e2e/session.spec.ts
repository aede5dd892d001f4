import { expect, rows, test } from './fixtures.js'

test.describe('expired session', () => {
  test.use({ expected: { faults: /401|WebSocket/ } })

  test('keeps the page and its input under a sign-in dialog', async ({
    page,
    whook,
    webhook,
    context,
    cookies,
  }) => {
    await page.goto(`${whook.url}/webhooks/${webhook.id}/settings`)
    await page.getByLabel('Name', { exact: true }).fill('Not saved yet')
    await context.clearCookies()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await expect(dialog).toBeVisible()
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Not saved yet')
    await context.addCookies(cookies)
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await expect(dialog).toBeHidden()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  })
})

test('restores request, tab and filters from a link', async ({ page, whook, webhook }) => {
  for (const n of [1, 2]) await fetch(`${webhook.url}/n-${n}`, { method: 'POST', body: 'x' })
  await page.goto(`${whook.url}/webhooks/${webhook.id}?q=n-2`)
  await rows(page).first().click()
  await page.keyboard.press('2')
  await expect(page).toHaveURL(/tab=headers/)
  const link = page.url()
  await page.goto(`${whook.url}/overview`)
  await page.goto(link)
  await expect(page.getByRole('tab', { name: /Headers/ })).toHaveAttribute('aria-selected', 'true')
  await expect(rows(page)).toHaveCount(1)
  await expect(page.getByRole('article')).toContainText('/n-2')
})
