import { expect, rows, test } from './fixtures.js'

test('the whole way with the keyboard alone: find the webhook, read, copy, replay, test a script', async ({
  page,
  whook,
  webhook,
}) => {
  await fetch(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"by":"keyboard"}',
  })
  await page.goto(whook.url)
  await expect(page.getByRole('heading', { name: 'Webhooks' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type(webhook.name)
  await page.keyboard.press('Enter')
  await expect(rows(page)).toHaveCount(1)
  await page.keyboard.press('u')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(webhook.url)
  await page.keyboard.press('j')
  await expect(page.getByLabel('Body as a tree')).toContainText('keyboard')
  await page.keyboard.press('c')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl /)
  await page.keyboard.press('2')
  await expect(page.getByRole('tab', { name: /Headers/ })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('r')
  await expect(page.getByText(/Replayed/)).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('script')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Script', { exact: true })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
})
