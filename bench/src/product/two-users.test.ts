import { createTestDatabase } from '@whook/testing/test-database'
import { callAs, makeUsers, type User } from '@whook/testing/product/make-users'
import { startProduct, type Product } from '@whook/testing/product/start-product'
import { createSink } from '@whook/testing/sink'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectUndisturbed, type FloodCall } from './expect-undisturbed.js'

let product: Product
let port: number
let ann: User
let ben: User
let annsRequests: string[]
let bensSink: Awaited<ReturnType<typeof createSink>>
/** Emits `received` for each call of Ben's receiver. */
const received = new EventTarget()
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  const database = await createTestDatabase()
  cleanups.push(database.drop)
  bensSink = await createSink((_call, response) => {
    response.end()
    received.dispatchEvent(new Event('received'))
  })
  cleanups.push(bensSink.close)
  product = await startProduct({ databaseUrl: database.url, env: { LOG_LEVEL: 'fatal' } })
  cleanups.push(product.stop)
  port = product.ports[0]!
  const users = await makeUsers({ product, databaseUrl: database.url }, 2)
  ;[ann, ben] = users as [User, User]
  for (let n = 0; n < 10; n++) {
    await post(ann.slug, JSON.stringify({ n, text: 'x'.repeat(2_000_000) }))
    await post(ben.slug, JSON.stringify({ n, text: 'x'.repeat(100) }))
  }
  annsRequests = (await list(ann)).items.map(({ id }) => id)
}, 120_000)
/** Waits for the calls that the flood left in the queue of its user: they run although their client closed. */
afterEach(async () => {
  const headers = { authorization: ann.authorization }
  const drained = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/stats?range=1h`, { headers })
    await answer.arrayBuffer()
    return answer.status
  }
  await expect.poll(drained, { timeout: 60_000 }).toBe(200)
}, 90_000)
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function post(slug: string, body: string) {
  const answer = await fetch(`http://127.0.0.1:${port}/${slug}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await answer.arrayBuffer()
  expect(answer.status).toBe(202)
}

async function list(user: User): Promise<{ items: { id: string }[] }> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/webhooks/${user.webhookId}/requests`, {
    headers: { authorization: user.authorization },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { items: { id: string }[] }
}

const call = (method: string, path: string, body?: unknown): FloodCall => ({
  method,
  path: `/api/v1${path}`,
  headers: {
    host: `localhost:${port}`,
    authorization: ann.authorization,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  },
  body: body === undefined ? undefined : JSON.stringify(body),
})

describe('keeps the lists of one user at most twice as slow', () => {
  it.each<{ flood: string; calls: () => FloodCall[]; loops?: number }>([
    {
      flood: 'searches large bodies',
      calls: () => [call('GET', `/webhooks/${ann.webhookId}/requests?q=absent`)],
    },
    { flood: 'reads statistics', calls: () => [call('GET', '/stats?range=30d')] },
    {
      flood: 'tests filters on large bodies',
      calls: () => [
        call('POST', `/webhooks/${ann.webhookId}/filter/test`, {
          filter: { field: 'body.text', contains: 'y' },
        }),
      ],
    },
    {
      flood: 'runs endless scripts',
      calls: () => [
        call('POST', `/webhooks/${ann.webhookId}/transformation/test`, {
          script: 'function transform() { for (;;); }',
          body: {},
        }),
      ],
    },
    {
      flood: 'counts replays',
      calls: () => [call('POST', '/replays/count', { deliveryFilter: { status: 'dead' } })],
    },
    {
      flood: 'reads lists',
      calls: () => [call('GET', `/webhooks/${ann.webhookId}/requests`)],
      loops: 100,
    },
    {
      flood: 'downloads large bodies',
      calls: () => annsRequests.map((id) => call('GET', `/requests/${id}/body`)),
    },
    {
      flood: 'sends large bodies to a hook URL',
      calls: () => [
        {
          method: 'POST',
          path: `/${ann.slug}`,
          headers: { host: `localhost:${port}`, 'content-type': 'text/plain' },
          body: 'x'.repeat(1_000_000),
        },
      ],
      loops: 4,
    },
  ])('when another user $flood', { timeout: 120_000 }, async ({ calls, loops }) => {
    await expectUndisturbed({ port, small: () => list(ben), flood: calls(), loops })
  })
})

describe('keeps the deliveries of one user at most twice as slow', () => {
  const destination = (user: User, url: string, more = {}) =>
    callAs<{ id: string }>(
      user.authorization,
      `http://localhost:${port}/api/v1/webhooks/${user.webhookId}/destinations`,
      { url, ...more },
    )
  /** From the call of the hook URL to the call of the receiver. */
  async function deliver() {
    const arrived = once(received, 'received')
    await post(ben.slug, '{"a":1}')
    await arrived
  }

  it('when the receiver of another user fails and a backlog waits', { timeout: 120_000 }, async () => {
    const slow = await createSink((_call, response) => {
      setTimeout(() => response.writeHead(503).end(), 500)
    })
    cleanups.push(slow.close)
    await destination(ben, bensSink.url)
    await destination(ann, slow.url)
    const flood = [
      { method: 'POST', path: `/${ann.slug}`, headers: { host: `localhost:${port}` }, body: '{}' },
    ]
    await expectUndisturbed({ port, small: deliver, flood, loops: 20 })
  })

  it('when another user replays all requests again and again', { timeout: 120_000 }, async () => {
    const flood = [call('POST', '/replays', { webhookId: ann.webhookId, requestFilter: {} })]
    await expectUndisturbed({ port, small: deliver, flood, loops: 10 })
  })
})
