import { expect, rows, test } from './fixtures.js'

test.use({ expected: { faults: /WebSocket connection|Failed to load resource|ERR_CONNECTION_REFUSED/ } })

test('a lost server is told at once, and what came meanwhile is there when it is back, each once', async ({
  page,
  whook,
  webhook,
}) => {
  const send = (path: string) => fetch(webhook.url + path, { method: 'POST', body: 'x' })
  await send('/before')
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  await whook.kill()
  await expect(page.getByRole('alert').filter({ hasText: 'Not live' })).toBeVisible({ timeout: 1500 })
  await whook.start()
  await send('/after')
  await expect(page.getByRole('alert').filter({ hasText: 'Not live' })).toBeHidden()
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('/after')
})
