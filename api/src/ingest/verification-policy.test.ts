import { createHmac } from 'node:crypto'
import type { OnVerificationFailure, VerificationProvider } from '@whook/shared'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>

beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const body = '{"type":"order.paid"}'
const sign = (text: string) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', 'key').update(text).digest('hex')}`,
})

async function webhookFor(
  policy: OnVerificationFailure | undefined,
  provider: VerificationProvider = 'github',
) {
  const ann = test.as('ann')
  const { id, slug } = (await ann.post('/api/v1/webhooks', { name: 'x' })).json()
  const verification = { provider, secrets: ['key'] }
  const set = await ann.patch(`/api/v1/webhooks/${id}`, { verification, onVerificationFailure: policy })
  expect([set.statusCode, set.body]).toEqual([200, set.body])
  const made = await ann.post(`/api/v1/webhooks/${id}/destinations`, { url: 'https://example.com/hook' })
  expect(made.statusCode).toBe(201)
  return {
    set: set.json(),
    send: (init: RequestInit = {}, query = '') =>
      fetch(`http://127.0.0.1:${test.port}/${slug}${query}`, { method: 'POST', body, ...init }),
    async stored() {
      return test.database.sql`
        select r.verification, r.refused, d.status, d.held_for from webhook_request r
        left join delivery d on d.request_id = r.id where r.webhook_id = ${id} order by r.id`
    },
  }
}

it('returns 401 and stores a refused request when the policy is reject', async () => {
  const webhook = await webhookFor('reject')
  const refused = await webhook.send({ headers: sign('other') })
  expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'signature-invalid' }])
  expect((await webhook.send({ headers: sign(body) })).status).toBe(202)
  expect((await webhook.send()).status).toBe(401)
  expect(await webhook.stored()).toMatchObject([
    { verification: 'failed', refused: true, status: null },
    { verification: 'verified', refused: false, status: 'pending' },
    { verification: 'failed', refused: true, status: null },
  ])
})

it('returns 202 and holds the deliveries when the policy is the default', async () => {
  const webhook = await webhookFor(undefined)
  expect(webhook.set).toMatchObject({ onVerificationFailure: 'hold' })
  expect((await webhook.send({ headers: sign('other') })).status).toBe(202)
  expect(await webhook.stored()).toMatchObject([
    { verification: 'failed', refused: false, status: 'held', held_for: 'verification-failed' },
  ])
})

it('returns 202 and delivers a failed signature when the policy is deliver', async () => {
  const webhook = await webhookFor('deliver')
  expect((await webhook.send()).status).toBe(202)
  expect(await webhook.stored()).toMatchObject([{ verification: 'failed', status: 'pending' }])
})

it.each([
  ['deliver', 'pending'],
  ['hold', null],
  ['reject', null],
] as const)('answers an unsigned handshake when the policy is %s', async (policy, status) => {
  const webhook = await webhookFor(policy, 'dropbox')
  const answer = await webhook.send({ method: 'GET', body: undefined }, '?challenge=abc')
  expect([answer.status, await answer.text()]).toEqual([200, 'abc'])
  expect(await webhook.stored()).toMatchObject([{ verification: 'unconfigured', refused: false, status }])
})

it('replays a refused request when its owner requests it', async () => {
  const webhook = await webhookFor('reject')
  await webhook.send()
  const { items } = (await test.as('ann').get(`/api/v1/webhooks/${webhook.set.id}/requests`)).json()
  expect(items).toMatchObject([{ refused: true, verification: 'failed' }])
  const replayed = await test.as('ann').post(`/api/v1/requests/${items[0].id}/replay`, {})
  expect(replayed.json().items).toMatchObject([{ status: 'pending' }])
})
