import { limits, type CapturedRequest, type Filter } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { expect, it } from 'vitest'
import { releaseVerificationHeld } from './hold-for-verification.js'
import { deliverAnyway, retryDelivery } from './steer-delivery.js'
import { readLedger } from '../ledger/read-ledger.js'
import { verifyLedger } from '../ledger/verify-ledger.js'
import { claimFrom } from '@whook/testing/claim-from'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { storeBatch } from '../request/store-batch.js'

const paid: Filter = { field: 'body.type', equals: 'paid' }

async function setUp(
  webhook: Parameters<typeof seedWebhook>[1] = {},
  destination: object = { filter: paid },
) {
  const database = await createTestDatabase()
  const { sql, db } = database
  const hook = await seedWebhook(db, webhook)
  const target = await seedDestination(db, hook.id, destination)
  let number = 0
  return {
    ...database,
    hook,
    target,
    async store(...requests: Partial<CapturedRequest>[]) {
      const made = requests.map((one) => capturedRequest(hook.id, one))
      return storeBatch(sql, { instanceId: hook.id, number: ++number, refused: [], requests: made })
    },
    read: async (id: string) => {
      const [row] = await sql`
        select status, reason, filter_failure, held_for, ordering_value, next_attempt_at::text as due,
          finished_at is not null as finished from delivery where id = ${id}::uuid`
      return row!
    },
    [Symbol.asyncDispose]: database.drop,
  }
}

it('creates a delivery as filtered when its filter drops the request, and counts it', async () => {
  await using test = await setUp()
  const made = await test.store({ text: '{"type":"paid"}' }, { text: '{"type":"open\\u0000"}' })
  const [kept, dropped] = ['pending', 'filtered'].map((status) => made!.find((one) => one.status === status)!)

  expect(await test.read(dropped!.id)).toMatchObject({
    status: 'filtered',
    reason: 'The filter did not match',
    filter_failure: { clause: JSON.stringify(paid), path: '', found: '"open\\u0000"' },
    due: null,
    finished: true,
  })
  expect((await claimFrom(test.sql, test.target.id)).ids).toEqual([kept!.id])
  const ledger = await readLedger(test.sql, test.sql`(select ${test.hook.id}::uuid as id)`)
  expect(ledger).toMatchObject({ deliveries: 2, filtered: 1, pending: 1, unaccounted: 0 })
  expect((await verifyLedger(test.sql)).differences).toEqual([])
})

it('counts filtered deliveries while the circuit is open', async () => {
  await using test = await setUp()
  await test.sql`
    update destination_state set circuit = 'open', circuit_open_until = now() + interval '5 minutes'`
  await test.store(
    ...Array.from({ length: 6 }, (_, n) => ({ text: `{"type":"${n % 3 ? 'open' : 'paid'}"}` })),
  )
  const rows = await test.sql`select status, sum(count)::int as n from delivery_total group by 1 order by 1`
  expect(rows).toEqual([
    { status: 'filtered', n: 4 },
    { status: 'pending', n: 2 },
  ])
})

it('delivers a filtered delivery when its owner requests it', async () => {
  await using test = await setUp()
  const [dropped] = (await test.store({ text: '{"type":"open"}' }))!
  await deliverAnyway(test.sql, { userId: test.hook.userId, deliveryId: dropped!.id })
  const { claims } = await claimFrom(test.sql, test.target.id)
  expect(claims).toMatchObject([{ id: dropped!.id, skipFilter: true }])
})

it('leaves a body over the limit to the worker', async () => {
  await using test = await setUp()
  const text = JSON.stringify({ type: 'open', pad: 'x'.repeat(limits.filterCreateBytesMax) })
  expect(await test.store({ text, size: text.length })).toMatchObject([{ status: 'pending' }])
})

it('leaves a delivery to the worker when the step budget is exceeded', async () => {
  const pattern = { field: 'body.type', matches: '(a|b|c){40}' }
  await using test = await setUp({}, { filter: { and: [pattern, paid] } })
  const text = JSON.stringify({ type: 'open', pad: 'x'.repeat(30_000) })
  const made = await test.store(...Array.from({ length: 20 }, () => ({ text, size: text.length })))
  expect(new Set(made!.map(({ status }) => status))).toEqual(new Set(['filtered', 'pending']))
})

it('leaves an invalid filter to the worker, which reports it', async () => {
  await using test = await setUp({}, { filter: { field: 'nonsense', equals: 1 } as unknown as Filter })
  expect(await test.store({})).toMatchObject([{ status: 'pending' }])
})

it('holds deliveries of a failed check over a resume when the policy is hold', async () => {
  await using test = await setUp({ onVerificationFailure: 'hold' }, { orderingKey: 'body.account' })
  const made = await test.store(
    { text: '{"account":"a"}', verification: 'failed' },
    { text: '{"account":"a"}', verification: 'verified' },
  )
  const [held, good] = ['held', 'pending'].map((status) => made!.find((one) => one.status === status)!)
  expect(await test.read(held!.id)).toMatchObject({
    status: 'held',
    held_for: 'verification-failed',
    due: 'infinity',
    reason: 'Held: the signature check of its request failed',
    // The ordering slot is free: the verified request does not wait for a forged one.
    ordering_value: null,
  })
  const { releaseDeliveries } = await import('./hold-deliveries.js')
  expect(await releaseDeliveries(test.sql, [test.target.id])).toEqual([])
  expect((await claimFrom(test.sql, test.target.id)).ids).toEqual([good!.id])

  const change = await retryDelivery(test.sql, { userId: test.hook.userId, deliveryId: held!.id })
  expect(change).toMatchObject({ status: 'pending', orderingValue: 'a' })
  expect(await test.read(held!.id)).toMatchObject({ held_for: null, ordering_value: 'a' })
})

it('keeps a released delivery held while its webhook is paused', async () => {
  await using test = await setUp({ onVerificationFailure: 'hold', status: 'paused' }, {})
  const [held] = (await test.store({ verification: 'failed' }))!
  const change = await retryDelivery(test.sql, { userId: test.hook.userId, deliveryId: held!.id })
  expect(change).toMatchObject({ status: 'held' })
  expect(await test.read(held!.id)).toMatchObject({ held_for: null })
  expect((await claimFrom(test.sql, test.target.id)).ids).toEqual([])
})

it('releases deliveries that verification holds, by destination and time', async () => {
  await using test = await setUp({ onVerificationFailure: 'hold' }, {})
  await seedDestination(test.db, test.hook.id)
  await test.store({ verification: 'failed' }, { verification: 'failed' })
  const webhookId = test.hook.id
  const none = { webhookId, before: '2020-01-01T00:00:00.000Z' }
  expect(await releaseVerificationHeld(test.sql, none)).toEqual([])
  const some = await releaseVerificationHeld(test.sql, { webhookId, destinationId: test.target.id })
  expect(some).toHaveLength(2)
  expect(await releaseVerificationHeld(test.sql, { webhookId })).toHaveLength(2)
  expect((await claimFrom(test.sql, test.target.id)).ids).toHaveLength(2)
})

it('delivers requests of a failed check when the policy is deliver', async () => {
  await using test = await setUp({ onVerificationFailure: 'deliver' }, {})
  expect(await test.store({ verification: 'failed' }, { verification: 'pending' })).toMatchObject([
    { status: 'pending' },
    { status: 'pending' },
  ])
})

it('stores a refused request without deliveries', async () => {
  await using test = await setUp({ onVerificationFailure: 'reject' }, {})
  expect(await test.store({ verification: 'failed', refused: true, undelivered: true })).toEqual([])
  const [row] = await test.sql`select refused, verification from webhook_request`
  expect(row).toEqual({ refused: true, verification: 'failed' })
})

it('puts a waiting delivery first when it is retried', async () => {
  await using test = await setUp({}, {})
  const made = await test.store(...Array.from({ length: 5 }, () => ({})))
  const last = made!
    .map(({ id }) => id)
    .sort()
    .at(-1)!
  await retryDelivery(test.sql, { userId: test.hook.userId, deliveryId: last })
  await test.sql`update destination_state set circuit = 'open', circuit_open_until = now()`
  expect((await claimFrom(test.sql, test.target.id)).ids).toEqual([last])
})

it('refuses a retry when an ordering slot or a destination blocks it', async () => {
  await using test = await setUp({}, {})
  const [one] = (await test.store({ id: newId() }))!
  const target = { userId: test.hook.userId, deliveryId: one!.id }
  await test.sql`update delivery set next_attempt_at = null, ordering_value = 'a'`
  expect(await retryDelivery(test.sql, target)).toBeUndefined()
  await test.sql`update delivery set next_attempt_at = now()`
  await test.sql`update destination set enabled = false`
  expect(await retryDelivery(test.sql, target)).toBeUndefined()
})
