import type { WebSocketRoute } from '@playwright/test'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

test.use({ expected: { faults: /WebSocket connection|Failed to load resource|ERR_CONNECTION_REFUSED/ } })

test('reports a lost server within 1.5 s, and shows missed requests once', async ({
  page,
  whook,
  webhook,
}) => {
  const send = (path: string) => fetch(webhook.url + path, { method: 'POST', body: 'x' })
  await send('/before')
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  await whook.kill()
  await expect(page.getByRole('alert').filter({ hasText: 'Connection lost' })).toBeVisible({ timeout: 1500 })
  await whook.start()
  await send('/after')
  await expect(page.getByRole('alert').filter({ hasText: 'Connection lost' })).toBeHidden()
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('/after')
})

test('updates rows, open request and deliveries after a lost connection', async ({
  page,
  whook,
  webhook,
}) => {
  const send = (n: number) =>
    fetch(`${webhook.url}/n-${String(n).padStart(3, '0')}`, { method: 'POST', body: 'x' })
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url, name: 'sink' })
  await whook.api('PATCH', `/webhooks/${webhook.id}`, { status: 'paused' })
  await send(0)

  let cut = false
  const lines: WebSocketRoute[] = []
  await page.routeWebSocket(/\/ws$/, async (line) => {
    if (cut) return line.close({ code: 1011 })
    line.connectToServer()
    lines.push(line)
  })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await page.getByRole('tab', { name: 'Deliveries' }).click()
  const panel = page.getByRole('tabpanel')
  await expect(panel.getByText('held', { exact: true })).toBeVisible()
  const banner = page.getByRole('alert').filter({ hasText: 'Connection lost' })
  await expect(banner).toBeHidden()

  cut = true
  for (const line of lines) await line.close({ code: 1011 })
  await expect(banner).toBeVisible()
  await whook.api('PATCH', `/webhooks/${webhook.id}`, { status: 'active' })
  for (let n = 1; n <= 250; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, more) => send(n + more)))
  await expect.poll(() => sink.received.length, { timeout: 60_000 }).toBe(251)
  await expect(panel.getByText('held', { exact: true })).toBeVisible()

  cut = false
  await expect(banner).toBeHidden()
  await expect(panel.getByText('delivered', { exact: true })).toBeVisible()
  await expect(page.getByText('paused', { exact: true })).toBeHidden()
  await page.getByRole('button', { name: '250 new' }).click()
  await expect(rows(page).first()).toHaveAttribute('aria-setsize', '251')
  await expect(rows(page).first()).toContainText('/n-')
  await sink.close()
})
