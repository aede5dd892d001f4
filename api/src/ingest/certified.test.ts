import type { VerificationInput } from '@whook/shared'
import {
  paypalCall,
  paypalWebhookId,
  snsCall,
  topic,
  type Call,
} from '@whook/testing/signatures/certified-calls'
import { makeCertificate } from '@whook/testing/signatures/make-certificate'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
const { privateKey } = makeCertificate({ name: 'a' })
const now = () => new Date().toISOString()

beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

/**
 * Sends a request to a new webhook. Returns the response status, the stored request, and whether a worker verifies it.
 */
async function sent(verification: VerificationInput, { rawHeaders, body }: Call) {
  const ann = test.as('ann')
  const { id, slug } = (await ann.post('/api/v1/webhooks', { name: 'x' })).json<{
    id: string
    slug: string
  }>()
  expect((await ann.patch(`/api/v1/webhooks/${id}`, { verification })).statusCode).toBe(200)
  const headers: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!])
  const answer = await fetch(`http://127.0.0.1:${test.port}/${slug}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  })
  const requestId = answer.headers.get('x-whook-request-id')!
  const request = (await ann.get(`/api/v1/requests/${requestId}`)).json()
  const waiting = await test.database.sql`select from pending_verification where request_id = ${requestId}`
  return {
    status: answer.status,
    event: request.event,
    result: request.verificationResult,
    listed: request.verification,
    waits: waiting.length === 1,
  }
}

it('returns 202 and leaves verification to the workers without a certificate', async () => {
  const sns = { provider: 'amazon-sns' as const, secrets: [topic] }
  expect(await sent(sns, snsCall(privateKey, { Timestamp: now() }))).toEqual({
    status: 202,
    event: 'Notification',
    result: {
      outcome: 'pending',
      provider: 'amazon-sns',
      reason: 'The certificate of the sender is being fetched',
    },
    listed: 'pending',
    waits: true,
  })
})

it('returns 202 and fails verification without a fetch for a wrong topic or time', async () => {
  const sns = { provider: 'amazon-sns' as const, secrets: [`${topic}-other`] }
  const subscription = snsCall(privateKey, { Type: 'SubscriptionConfirmation', Timestamp: now() })
  expect(await sent(sns, subscription)).toMatchObject({
    status: 202,
    event: 'SubscriptionConfirmation',
    result: { outcome: 'failed', reason: 'The topic of the message is not one of the configured topics' },
    waits: false,
  })
  // The signature is old.
  const paypal = { provider: 'paypal' as const, secrets: [paypalWebhookId] }
  expect(await sent(paypal, paypalCall(privateKey))).toMatchObject({
    status: 202,
    event: 'PAYMENT.SALE.COMPLETED',
    result: { outcome: 'failed', provider: 'paypal', reason: expect.stringMatching(/seconds old/) },
    waits: false,
  })
})
