import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

it.each([
  [
    'a header',
    (id: string) => ({ headers: { 'x-github-event': 'push', 'x-github-delivery': id }, body: '{}' }),
  ],
  [
    'the body',
    (id: string) => ({ headers: { 'stripe-signature': 't=1,v1=aa' }, body: JSON.stringify({ id }) }),
  ],
])('stores a repeated request as a duplicate when its id is in %s', async (_where, callOf) => {
  const ann = test.as('ann')
  const { id, slug } = (await ann.post('/api/v1/webhooks', { name: 'x' })).json<{
    id: string
    slug: string
  }>()
  const send = async (delivery: string) => {
    const answer = await fetch(`http://127.0.0.1:${test.port}/${slug}`, {
      method: 'POST',
      ...callOf(delivery),
    })
    expect(answer.status).toBe(202)
    return answer.headers.get('x-whook-request-id')!
  }
  const first = await send('72d3162e-cc78-11e3-81ab-4c9367dc0958')
  const again = await send('72d3162e-cc78-11e3-81ab-4c9367dc0958')
  const other = await send('8e2c1a60-cc78-11e3-81ab-4c9367dc0958')

  await vi.waitFor(
    async () => {
      const { items } = (await ann.get(`/api/v1/webhooks/${id}/requests`)).json<{
        items: { id: string; duplicateOf: string | null }[]
      }>()
      expect(items.map((item) => [item.id, item.duplicateOf])).toEqual([
        [other, null],
        [again, first],
        [first, null],
      ])
    },
    { timeout: 20_000 },
  )
})
