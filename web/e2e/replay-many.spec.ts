import type { Delivery, Page as ListPage, Replay } from '@whook/shared'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

test('many are replayed: counted first, with progress, and stopped half-way; what was made is delivered', async ({
  page,
  whook,
  webhook,
}) => {
  test.setTimeout(240_000)
  // Ten batches with a pause after each: time enough to press a button, however slow the machine.
  const total = 5000
  for (let sent = 0; sent < total; sent += 100) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        fetch(`${webhook.url}/${sent + n}`, { method: 'POST', body: 'x' }),
      ),
    )
    expect(answers.every(({ status }) => status === 202)).toBe(true)
  }
  const stored = async () =>
    (await whook.api<{ requestCount: number }>('GET', `/webhooks/${webhook.id}`)).requestCount
  await expect.poll(stored, { timeout: 60_000 }).toBe(total)
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url })

  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page).first()).toBeVisible()
  await page.getByRole('button', { name: 'Replay many' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replay many' })
  // Toasts stand in the open dialog too.
  const told = dialog.getByRole('status').filter({ hasText: /^(Replay|Cancelled)/ })
  await expect(dialog).toContainText('5,000 requests are kept: 5,000 deliveries')
  expect(sink.received).toHaveLength(0)
  await dialog.getByRole('button', { name: 'Replay 5,000' }).click()
  await expect(told).toHaveText(/Replaying [1-9][\d,]* of 5,000/)
  await dialog.getByRole('button', { name: 'Stop the replay' }).dispatchEvent('click')
  await expect(told).toHaveText(/Cancelled after [\d,]+ of 5,000/)
  await expect(dialog.getByRole('button', { name: 'Stop the replay' })).toBeHidden()

  const { items } = await whook.api<ListPage<Replay>>('GET', '/replays')
  const replay = items.find(({ webhookId }) => webhookId === webhook.id)!
  expect(replay).toMatchObject({ status: 'cancelled', total })
  expect(replay.done).toBeLessThan(total)
  await expect.poll(() => sink.received.length, { timeout: 60_000 }).toBe(replay.done)
  const progress = dialog.getByRole('progressbar', { name: 'Progress of the replay' })
  await expect(progress).toHaveJSProperty('value', replay.done)
  await dialog.getByRole('button', { name: 'Close' }).click()

  // From the other end: deliveries by their filter, and through to the last one.
  await page.goto(`${whook.url}/deliveries?webhookId=${webhook.id}`)
  await page.getByRole('button', { name: 'Replay these' }).click()
  await expect(dialog).toContainText(`${replay.done.toLocaleString('en')} deliveries match`)
  await dialog.getByRole('button', { name: /^Replay [\d,]+$/ }).click()
  await expect(told).toHaveText(/^Replayed/, { timeout: 60_000 })
  await expect.poll(() => sink.received.length, { timeout: 60_000 }).toBe(2 * replay.done)
  await expect(dialog).toContainText(`${replay.done.toLocaleString('en')} delivered, 0 failed`)
  await page.keyboard.press('Escape')
  const deliveries = await whook.api<ListPage<Delivery>>(
    'GET',
    `/deliveries?webhookId=${webhook.id}&status=delivered&limit=1`,
  )
  expect(deliveries.items[0]!.replayOf).not.toBeNull()
  await sink.close()
})
