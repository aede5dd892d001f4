import { createHash, createHmac, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Destination, Page as ListPage, RequestSummary } from '@whook/shared'
import { expect, rows, test } from './fixtures.js'
import { githubPush, png, stripeEvent } from './real-input.js'
import { startSink } from './start-sink.js'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** One request of each kind that a webhook service may send. */
function calls(): {
  path: string
  method?: string
  headers: Record<string, string>
  body: Buffer<ArrayBuffer>
}[] {
  const push = Buffer.from(JSON.stringify(githubPush))
  const boundary = 'x-whook-boundary'
  const multipart = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\nA dot\r\n`),
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="dot.png"\r\ncontent-type: image/png\r\n\r\n`,
    ),
    png,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  const json = { 'content-type': 'application/json' }
  return [
    {
      path: '/stripe',
      headers: { ...json, 'stripe-signature': 't=1764000000,v1=00' },
      body: Buffer.from(JSON.stringify(stripeEvent)),
    },
    {
      path: '/github',
      headers: {
        ...json,
        'x-github-event': 'push',
        'x-hub-signature-256': `sha256=${createHmac('sha256', 'It is a secret').update(push).digest('hex')}`,
      },
      body: push,
    },
    {
      path: '/upload',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: multipart,
    },
    { path: '/gzip', headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"packed":true}') },
    { path: '/empty', headers: {}, body: Buffer.alloc(0) },
    { path: '/random', headers: { 'content-type': 'application/octet-stream' }, body: randomBytes(4096) },
    { path: '/search?q=hello%20world&page=2', method: 'GET', headers: {}, body: Buffer.alloc(0) },
  ]
}

test('shows live, stores exactly and delivers requests of every kind', async ({ page, whook, webhook }) => {
  const sent = calls()
  const [healthy, failing] = [await startSink(), await startSink([500, 500])]
  const retry = { strategy: 'list', delaysSeconds: [1], attemptsMax: 5, jitter: 0 }
  for (const [name, { url }] of [
    ['healthy', healthy],
    ['failing', failing],
  ] as const) {
    await whook.api<Destination>('POST', `/webhooks/${webhook.id}/destinations`, { name, url, retry })
  }
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(page.getByText('Waiting for the first request')).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()

  for (const [index, call] of sent.entries()) {
    const answer = await fetch(webhook.url + call.path, {
      method: call.method ?? 'POST',
      headers: call.headers,
      body: call.method === 'GET' ? undefined : call.body,
    })
    expect(answer.status).toBe(202)
    // Received live: the page is not reloaded.
    await expect(rows(page)).toHaveCount(index + 1)
    await expect(rows(page).first()).toContainText(call.path)
  }

  const { items } = await whook.api<ListPage<RequestSummary>>('GET', `/webhooks/${webhook.id}/requests`)
  for (const call of sent) {
    const stored = items.find(({ path, query }) => call.path === path + (query && `?${query}`))!
    const answer = await page.request.get(`${whook.url}/api/v1/requests/${stored.id}/body`)
    expect(sha256(await answer.body()), call.path).toBe(sha256(call.body))
  }

  for (const sink of [healthy, failing])
    await expect.poll(() => sink.received.length, { timeout: 20_000 }).toBe(sink === healthy ? 7 : 9)
  const seen = healthy.received.map(({ body }) => sha256(body))
  for (const call of sent) expect(seen).toContain(sha256(call.body))
  expect(new Set(failing.received.map(({ headers }) => headers['webhook-id'])).size).toBe(7)

  await expect(rows(page).filter({ hasText: '200 ·' })).toHaveCount(7)
  await rows(page).filter({ hasText: 'invoice.paid' }).click()
  await page.getByRole('tab', { name: 'Deliveries' }).click()
  await expect(page.getByRole('tabpanel').getByText('delivered')).toHaveCount(2)

  await rows(page).filter({ hasText: '/upload' }).click()
  await page.getByRole('tab', { name: 'Body' }).click()
  await expect(page.getByRole('list', { name: 'Parts' }).getByRole('img', { name: 'dot.png' })).toBeVisible()
  await rows(page).filter({ hasText: '/random' }).click()
  await expect(page.getByRole('tabpanel').getByText('00000000 ')).toBeVisible()
  await Promise.all([healthy.close(), failing.close()])
})
