import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { createTestDatabase } from '@whook/testing/test-database'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { triesMax } from '@whook/drizzle/queries/pending-verification/claim-pending'
import type { CapturedRequest, LiveMessage, OnVerificationFailure, VerificationProvider } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { createLogger } from '@whook/runtime/logger'
import { createSecretBox, secretContexts } from '@whook/runtime/secrets'
import { certificateAt } from '@whook/testing/signatures/certificate-at'
import {
  paypalCall,
  paypalCertificateUrl,
  paypalWebhookId,
  snsCall,
  snsCertificateUrl,
  subscribeUrl,
  topic,
  type Call,
} from '@whook/testing/signatures/certified-calls'
import { makeCertificate } from '@whook/testing/signatures/make-certificate'
import { describe, expect, it, vi } from 'vitest'
import { testSecrets } from '../testing/test-engine.js'
import { startVerifying } from './verify-pending.js'

const signer = makeCertificate({ name: 'sns.amazonaws.com' })
const receivedAt = 1_700_000_000_000
const confirmation = (fields: Record<string, string> = {}) =>
  snsCall(signer.privateKey, { Type: 'SubscriptionConfirmation', ...fields })

async function setUp(provider: VerificationProvider, secret: string, secrets = testSecrets) {
  const database = await createTestDatabase()
  const { sql } = database
  const id = newId()
  const sealed = [secrets.seal(secretContexts.verification(id), secret)]
  const webhook = await seedWebhook(database.db, { id, verification: { provider, secrets: sealed } })
  const published: LiveMessage[] = []
  const due: string[] = []
  const running: ReturnType<typeof startVerifying>[] = []
  const stop = () => Promise.all(running.splice(0).map((one) => one.stop()))

  return {
    sql,
    db: database.db,
    webhook,
    published,
    due,
    async store({ rawHeaders, body }: Call, more: Partial<CapturedRequest> = {}) {
      const text = body.toString()
      const request = capturedRequest(id, {
        headers: rawHeaders,
        text,
        size: body.length,
        verification: 'pending',
        receivedAt,
        ...more,
      })
      const batch = { instanceId: newId(), number: 1, refused: [], requests: [request] }
      await storeBatch(sql, batch)
      await storeBatch(sql, batch)
      return request.id
    },
    start({ send }: Pick<ReturnType<typeof certificateAt>, 'send'>) {
      running.push(
        startVerifying({
          sql,
          client: { send },
          secrets: testSecrets,
          announcer: {
            publish: (_, ...messages) => void published.push(...messages),
            deliveriesDue: (ids) => void due.push(...ids),
          },
          logger: createLogger('worker', 'silent'),
        }),
      )
    },
    stop,
    async stands(requestId: string) {
      const [row] = await sql<{ outcome: string; reason: string | null; tries: number | null }[]>`
        select verification as outcome, verification_reason as reason, p.tries
        from webhook_request r left join pending_verification p on p.request_id = r.id where r.id = ${requestId}`
      return row
    },
    /** Makes the next attempt due now. */
    later: () => sql`update pending_verification set due_at = now()`,
    async [Symbol.asyncDispose]() {
      await stop()
      await database.drop()
    },
  }
}

const soon = { timeout: 20_000 }

it('verifies requests stored before their certificate was fetched and publishes it', async () => {
  await using test = await setUp('paypal', paypalWebhookId)
  const good = await test.store(paypalCall(signer.privateKey))
  const bad = await test.store({ ...paypalCall(signer.privateKey), body: Buffer.from('{}') })
  const network = certificateAt({ [paypalCertificateUrl]: signer.pem })
  test.start(network)
  await vi.waitFor(async () => {
    expect(await test.stands(good)).toEqual({ outcome: 'verified', reason: null, tries: null })
    const reason = 'No signature matches: another secret, or changed bytes'
    expect(await test.stands(bad)).toEqual({ outcome: 'failed', reason, tries: null })
    expect(test.published.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual(
      [good, bad]
        .sort()
        .map((requestId) => ({ type: 'request.verified', webhookId: test.webhook.id, requestId })),
    )
  }, soon)
  expect(network.send).toHaveBeenCalledTimes(1)
})

it('fails the request when all attempts to fetch the certificate fail', async () => {
  await using test = await setUp('paypal', paypalWebhookId)
  const id = await test.store(paypalCall(signer.privateKey))
  for (let tries = 1; tries < triesMax; tries++) {
    // A new worker for each attempt, so that no certificate is cached.
    test.start(certificateAt({ [paypalCertificateUrl]: 'timeout' }))
    const reason = 'The certificate could not be fetched: it is timeout. Retrying'
    await vi.waitFor(
      async () => expect(await test.stands(id)).toEqual({ outcome: 'pending', reason, tries }),
      soon,
    )
    await test.stop()
    const [due] =
      await test.sql`select due_at > now() + interval '20 seconds' as later from pending_verification`
    expect(due).toEqual({ later: true })
    await test.later()
  }
  test.start(certificateAt({ [paypalCertificateUrl]: 'timeout' }))
  const reason = 'The certificate could not be fetched: it is timeout'
  await vi.waitFor(
    async () => expect(await test.stands(id)).toEqual({ outcome: 'failed', reason, tries: null }),
    soon,
  )
})

it('verifies a waiting request when the certificate is fetched later', async () => {
  await using test = await setUp('paypal', paypalWebhookId)
  const id = await test.store(paypalCall(signer.privateKey))
  test.start(certificateAt({ [paypalCertificateUrl]: 503 }))
  await vi.waitFor(async () => expect((await test.stands(id))?.reason).toMatch(/HTTP 503/), soon)
  await test.stop()
  await test.later()
  test.start(certificateAt({ [paypalCertificateUrl]: signer.pem }))
  await vi.waitFor(
    async () => expect(await test.stands(id)).toMatchObject({ outcome: 'verified', reason: null }),
    soon,
  )
})

it('verifies 50 requests with one certificate in two workers', async () => {
  await using test = await setUp('amazon-sns', topic)
  const ids = await Promise.all(
    Array.from({ length: 50 }, () => test.store(snsCall(signer.privateKey, { MessageId: newId() }))),
  )
  const networks = [1, 2].map(() => certificateAt({ [snsCertificateUrl]: signer.pem }))
  for (const network of networks) test.start(network)
  await vi.waitFor(async () => {
    const [row] = await test.sql`
      select count(*)::int as verified, (select count(*)::int from pending_verification) as waiting
      from webhook_request where verification = 'verified'`
    expect(row).toEqual({ verified: ids.length, waiting: 0 })
    expect(test.published).toHaveLength(ids.length)
  }, soon)
  for (const { send } of networks) expect(send.mock.calls.length).toBeLessThanOrEqual(1)
})

it('confirms a subscription once when its topic is configured', async () => {
  await using test = await setUp('amazon-sns', topic)
  const network = certificateAt({
    [snsCertificateUrl]: signer.pem,
    [subscribeUrl]: '<ConfirmSubscriptionResponse/>',
  })
  test.start(network)
  const confirmed = () => network.send.mock.calls.filter(([{ url }]) => url === subscribeUrl).length

  const first = await test.store(confirmation())
  const reason = 'Handshake: subscription confirmed'
  await vi.waitFor(
    async () => expect(await test.stands(first)).toMatchObject({ outcome: 'verified', reason }),
    soon,
  )
  expect(confirmed()).toBe(1)

  // The same handshake again, also with another delivery id in front: by Amazon, or by an attacker with a copy.
  const { rawHeaders, body } = confirmation()
  for (const headers of [rawHeaders, ['webhook-id', 'another-name', ...rawHeaders]]) {
    const again = await test.store({ rawHeaders: headers, body })
    const before = 'Repeated handshake: not confirmed again'
    await vi.waitFor(
      async () => expect(await test.stands(again)).toMatchObject({ outcome: 'verified', reason: before }),
      soon,
    )
  }
  expect(confirmed()).toBe(1)

  // Another handshake.
  const other = await test.store(confirmation({ MessageId: newId() }))
  await vi.waitFor(async () => expect(await test.stands(other)).toMatchObject({ reason }), soon)
  expect(confirmed()).toBe(2)
})

it('never fetches the SubscribeURL of another topic or of a forged request', async () => {
  await using test = await setUp('amazon-sns', topic)
  const network = certificateAt({ [snsCertificateUrl]: signer.pem, [subscribeUrl]: 'x' })
  const forger = makeCertificate({ name: 'sns.amazonaws.com' })
  const ids = [
    await test.store(confirmation({ TopicArn: `${topic}-other` })),
    await test.store(snsCall(forger.privateKey, { Type: 'SubscriptionConfirmation', MessageId: newId() })),
    await test.store(snsCall(signer.privateKey, { Type: 'UnsubscribeConfirmation', MessageId: newId() })),
  ]
  test.start(network)
  await vi.waitFor(async () => {
    const outcomes = await Promise.all(ids.map(test.stands))
    expect(outcomes.map((one) => one?.outcome)).toEqual(['failed', 'failed', 'verified'])
  }, soon)
  expect(network.send.mock.calls.map(([{ url }]) => url)).toEqual([snsCertificateUrl])
})

it.each([
  [403, 1, 'Handshake not confirmed: HTTP 403'],
  [503, triesMax, 'Handshake not confirmed: HTTP 503'],
  ['timeout', triesMax, 'Handshake not confirmed: it is timeout'],
] as const)(
  'verifies an unconfirmed subscription with a reason (%s, after attempt %i)',
  async (answer, tries, reason) => {
    await using test = await setUp('amazon-sns', topic)
    const network = certificateAt({ [snsCertificateUrl]: signer.pem, [subscribeUrl]: answer })
    const id = await test.store(confirmation())
    test.start(network)
    for (let made = 1; made < tries; made++) {
      await vi.waitFor(
        async () =>
          expect(await test.stands(id)).toEqual({
            outcome: 'pending',
            reason: `${reason}. Retrying`,
            tries: made,
          }),
        soon,
      )
      await test.later()
    }
    await vi.waitFor(
      async () => expect(await test.stands(id)).toEqual({ outcome: 'verified', reason, tries: null }),
      soon,
    )
  },
)

it('deletes pending verifications when the request or the webhook is deleted', async () => {
  await using test = await setUp('paypal', paypalWebhookId)
  const id = await test.store(paypalCall(signer.privateKey))
  await test.sql`delete from webhook_request where id = ${id}`
  await test.store(paypalCall(signer.privateKey))
  await test.sql`delete from webhook`
  const network = certificateAt({})
  test.start(network)
  await vi.waitFor(async () => expect(await test.sql`select from pending_verification`).toHaveLength(0), soon)
  expect(network.send).not.toHaveBeenCalled()
})

it('uses the verification settings of the webhook at the time of the attempt', async () => {
  await using test = await setUp('paypal', paypalWebhookId)
  const id = await test.store(paypalCall(signer.privateKey))
  await test.sql`update webhook set verification = null`
  test.start(certificateAt({ [paypalCertificateUrl]: signer.pem }))
  const reason = 'Verification was turned off before the certificate was fetched'
  await vi.waitFor(
    async () => expect(await test.stands(id)).toEqual({ outcome: 'unconfigured', reason, tries: null }),
    soon,
  )
})

it('returns a reason and retries when the secret cannot be decrypted', async () => {
  await using test = await setUp(
    'paypal',
    paypalWebhookId,
    createSecretBox({ secretKey: 'another key, long enough' }),
  )
  const id = await test.store(paypalCall(signer.privateKey))
  test.start(certificateAt({ [paypalCertificateUrl]: signer.pem }))
  await vi.waitFor(
    async () => expect((await test.stands(id))?.reason).toMatch(/SECRET_KEYS_OLD. Retrying$/),
    soon,
  )
})

describe('deliveries of a request with pending verification', () => {
  async function withDelivery(
    onVerificationFailure: OnVerificationFailure,
    call: Call,
    orderingKey?: string,
  ) {
    const test = await setUp('paypal', paypalWebhookId)
    await test.sql`update webhook set on_verification_failure = ${onVerificationFailure}`
    await seedDestination(test.db, test.webhook.id, { orderingKey })
    const requestId = await test.store(call)
    const read = async () => {
      const [row] = await test.sql`
        select d.status, d.held_for as "heldFor", d.ordering_value as "orderingValue", r.refused from delivery d
        join webhook_request r on r.id = d.request_id where r.id = ${requestId}`
      return row
    }
    const judge = async () => {
      test.start(certificateAt({ [paypalCertificateUrl]: signer.pem }))
      await vi.waitFor(async () => expect(await test.stands(requestId)).toMatchObject({ tries: null }), soon)
      await vi.waitFor(() =>
        expect(test.published).toContainEqual(expect.objectContaining({ type: 'request.verified' })),
      )
    }
    return { ...test, read, judge }
  }
  const good = () => paypalCall(signer.privateKey)
  const bad = () => ({ ...paypalCall(signer.privateKey), body: Buffer.from('{"account":"a"}') })
  const pending = { status: 'held', heldFor: 'verification-pending' }

  it.each(['hold', 'reject'] as const)(
    'are released when the request is verified and the policy is %s',
    async (policy) => {
      await using test = await withDelivery(policy, good())
      expect(await test.read()).toMatchObject(pending)
      await test.judge()
      await vi.waitFor(
        async () => expect(await test.read()).toMatchObject({ status: 'pending', heldFor: null }),
        soon,
      )
      await vi.waitFor(() => expect(test.due).toHaveLength(1))
      expect(test.published).toContainEqual(
        expect.objectContaining({
          type: 'delivery.updated',
          delivery: expect.objectContaining({ status: 'pending' }),
        }),
      )
    },
  )

  it('stay held without an ordering slot when it failed and the policy is hold', async () => {
    await using test = await withDelivery('hold', bad(), 'body.account')
    expect(await test.read()).toMatchObject({ ...pending, orderingValue: 'a' })
    await test.judge()
    const held = { status: 'held', heldFor: 'verification-failed', orderingValue: null, refused: false }
    expect(await test.read()).toEqual(held)
  })

  it('are cancelled and the request is refused when the policy is reject', async () => {
    await using test = await withDelivery('reject', bad())
    await test.judge()
    expect(await test.read()).toMatchObject({ status: 'cancelled', heldFor: null, refused: true })
  })

  it('are sent before the verification when the policy is deliver', async () => {
    await using test = await withDelivery('deliver', bad())
    expect(await test.read()).toMatchObject({ status: 'pending', heldFor: null })
    await test.judge()
    expect(await test.read()).toMatchObject({ status: 'pending', refused: false })
  })
})
