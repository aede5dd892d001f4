import type { Delivery, Page as ListPage, Replay } from '@whook/shared'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

test('counts, replays and cancels many requests, and shows the progress', async ({
  page,
  whook,
  webhook,
}) => {
  test.setTimeout(240_000)
  const stored = async () =>
    (await whook.api<{ requestCount: number }>('GET', `/webhooks/${webhook.id}`)).requestCount
  // Count the stored requests: with a slow disk some are refused, and a few of those may still be stored.
  while ((await stored()) < 5000) {
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => fetch(`${webhook.url}/${n}`, { method: 'POST', body: 'x' })),
    )
  }
  let total = 0
  await expect
    .poll(async () => total === (total = await stored()), { intervals: [2000], timeout: 60_000 })
    .toBe(true)
  const all = total.toLocaleString('en')
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url })

  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page).first()).toBeVisible()
  await page.getByRole('button', { name: 'Replay all...' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replay', exact: true })
  // Toasts are also shown in the open dialog.
  const told = dialog.getByRole('status').filter({ hasText: /^(Replay|Cancelled)/ })
  await expect(dialog).toContainText(`${all} requests are stored: ${all} deliveries`)
  expect(sink.received).toHaveLength(0)
  // Stop from inside the page at the first progress: on a slow machine, a click from the test may be too late.
  await dialog.evaluate((element) => {
    Object.assign(window, {
      pressed: new Promise<string>((resolve) => {
        const observer = new MutationObserver(() => {
          const progress = /Replaying [1-9][\d,]* of [\d,]+/.exec(element.textContent ?? '')?.[0]
          const stop = [...element.querySelectorAll('button')].find(
            ({ textContent }) => textContent?.trim() === 'Stop the replay',
          )
          if (!progress || !stop) return
          observer.disconnect()
          stop.click()
          resolve(progress)
        })
        observer.observe(element, { subtree: true, childList: true, characterData: true })
      }),
    })
  })
  await dialog.getByRole('button', { name: `Replay ${all}` }).click()
  expect(await page.evaluate(() => (window as unknown as { pressed: Promise<string> }).pressed)).toMatch(
    new RegExp(`Replaying [1-9][\\d,]* of ${all}$`),
  )
  await expect(told).toHaveText(new RegExp(`Cancelled after [\\d,]+ of ${all}`))
  await expect(dialog.getByRole('button', { name: 'Stop the replay' })).toBeHidden()

  const { items } = await whook.api<ListPage<Replay>>('GET', '/replays')
  const replay = items.find(({ webhookId }) => webhookId === webhook.id)!
  expect(replay).toMatchObject({ status: 'cancelled', total })
  expect(replay.done).toBeLessThan(total)
  await expect.poll(() => sink.received.length, { timeout: 60_000 }).toBe(replay.done)
  const progress = dialog.getByRole('progressbar', { name: 'Progress of the replay' })
  await expect(progress).toHaveJSProperty('value', replay.done)
  await dialog.getByRole('button', { name: 'Close' }).click()

  // Replay deliveries by a filter, until all are done.
  await page.goto(`${whook.url}/deliveries?webhookId=${webhook.id}`)
  await page.getByRole('button', { name: 'Replay matching...' }).click()
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
