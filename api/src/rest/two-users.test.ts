import { storeBatch } from '@whook/drizzle/store/store-batch'
import { capturedRequest } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'
import { expectUndisturbed } from '../testing/two-users.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
let annsHook: string
let bensHook: string
beforeAll(async () => {
  test = await listenWithWebhook()
  annsHook = await webhookOf('ann')
  bensHook = await webhookOf('ben')
  await store(annsHook, 10, 2_000_000)
  await store(bensHook, 10, 100)
})
afterAll(() => test.close())

const webhookOf = async (name: string): Promise<string> =>
  (await test.as(name).post('/api/v1/webhooks', { name: 'x' })).json().id

async function store(webhookId: string, count: number, size: number) {
  for (let n = 0; n < count; n++) {
    const requests = [capturedRequest(webhookId, { text: JSON.stringify({ n, text: 'x'.repeat(size) }) })]
    await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  }
}

/** Calls the real port, because streamed bodies need one. */
const callAs = async (name: string, method: string, path: string, body?: object) => {
  const answer = await fetch(`http://127.0.0.1:${test.port}/api/v1${path}`, {
    method,
    headers: {
      host: 'localhost:5000',
      authorization: `Bearer ${await test.as(name).key()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body && JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}
const bensList = async () => expect(await callAs('ben', 'GET', `/webhooks/${bensHook}/requests`)).toBe(200)

describe('a list of one user takes at most twice its usual time', () => {
  it.each([
    {
      flood: 'searches in large bodies',
      method: 'GET',
      path: () => `/webhooks/${annsHook}/requests?q=absent`,
    },
    { flood: 'statistics', method: 'GET', path: () => '/stats?range=30d' },
    {
      flood: 'filter tests',
      method: 'POST',
      path: () => `/webhooks/${annsHook}/filter/test`,
      body: { filter: { field: 'body.text', contains: 'y' } },
    },
    {
      flood: 'endless script tests',
      method: 'POST',
      path: () => `/webhooks/${annsHook}/transformation/test`,
      body: { script: 'function transform() { for (;;); }', body: {} },
    },
    {
      flood: 'replay counts',
      method: 'POST',
      path: () => '/replays/count',
      body: { deliveryFilter: { status: 'dead' } },
    },
    { flood: 'lists', method: 'GET', path: () => `/webhooks/${annsHook}/requests`, width: 100 },
  ])('while another user floods with $flood', async ({ method, path, body, width }) => {
    await expectUndisturbed({
      small: bensList,
      flood: () => callAs('ann', method, path(), body),
      width,
    })
  })

  it('while another user downloads large bodies', async () => {
    const { items } = (await test.as('ann').get(`/api/v1/webhooks/${annsHook}/requests`)).json()
    let n = 0
    await expectUndisturbed({
      small: bensList,
      flood: () => callAs('ann', 'GET', `/requests/${items[n++ % items.length].id}/body`),
    })
  })

  it('while another user sends large bodies to a hook URL', async () => {
    const slug = (await test.as('ann').get(`/api/v1/webhooks/${annsHook}`)).json().url.split('/').at(-1)
    const body = 'x'.repeat(1_000_000)
    await expectUndisturbed({
      small: bensList,
      flood: () =>
        fetch(`http://127.0.0.1:${test.port}/${slug}`, { method: 'POST', body }).then((answer) =>
          answer.text(),
        ),
      width: 4,
    })
  })
})
