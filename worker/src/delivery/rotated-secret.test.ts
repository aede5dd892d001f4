import { secretContexts } from '@whook/runtime/secrets'
import { seedQueue } from '@whook/testing/seed-delivery'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { newSigningSecret } from '@whook/runtime/outbound/sign'
import { Webhook } from 'standardwebhooks'
import { expect, it, vi } from 'vitest'
import { createSink, type SeenCall } from '@whook/testing/sink'
import { createEngineTest, testSecrets } from '../testing/test-engine.js'

const verifies = (secret: string, call: SeenCall) => {
  try {
    new Webhook(secret).verify(call.body.toString(), call.headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

it('signs with the old and the new secret until the overlap ends', async () => {
  await using sink = await createSink()
  await using test = await createEngineTest()
  const queue = await seedQueue(test, { destination: { url: sink.url } })
  const [old, fresh] = [newSigningSecret(), newSigningSecret()]
  const keep = async (secret: string, expiresAt: Date | null) => {
    const id = newId()
    await test.sql`insert into destination_secret (id, destination_id, secret, expires_at)
      values (${id}, ${queue.destination.id}, ${testSecrets.seal(secretContexts.signingSecret(id), secret)}, ${expiresAt})`
  }
  await keep(old, new Date(Date.now() + 3_600_000))
  await keep(fresh, null)

  let number = 1
  /** Stores one more request and returns its delivery. */
  async function nextCall(): Promise<SeenCall> {
    const before = sink.seen.length
    const requests = [capturedRequest(queue.webhook.id)]
    await storeBatch(test.sql, { instanceId: newId(), number: ++number, refused: [], requests })
    test.engine.wake([queue.destination.id])
    await vi.waitFor(() => expect(sink.seen.length).toBeGreaterThan(before), { timeout: 20_000 })
    return sink.seen.at(-1)!
  }

  const during = await nextCall()
  expect([verifies(old, during), verifies(fresh, during)]).toEqual([true, true])

  await test.sql`update destination_secret set expires_at = now() where expires_at is not null`
  await vi.waitFor(
    async () => {
      const after = await nextCall()
      expect([verifies(old, after), verifies(fresh, after)]).toEqual([false, true])
    },
    { timeout: 20_000, interval: 500 },
  )
})
