import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import type { Sql } from '../../client.js'
import { deliveryResult } from '@whook/testing/delivery-result'
import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { claimDeliveries } from './claim-deliveries.js'
import { circuitRules, recordAttempts } from './record-attempts.js'

const holder = { token: newId(), leaseSeconds: 20, attemptsMax: 50 }
type Queue = Awaited<ReturnType<typeof seedQueue>>

const claim = async (sql: Sql, { destination }: Queue, count = 100) =>
  (await claimDeliveries(sql, [{ destinationId: destination.id, count }], holder)).claims

const failed = (queue: Queue, deliveryId: string, attempts = 0) =>
  deliveryResult(
    { ...queue, deliveryId },
    {
      attempts,
      status: 'retrying',
      delayMs: 0,
      health: 'down',
      attempt: { outcome: 'http-error', statusCode: 500, error: 'it answered 500' },
    },
  )

describe('recordAttempts', () => {
  it('records states, attempts and minute counts, and returns the changes', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 3 })
    await claim(sql, queue)
    const [one, two, three] = queue.deliveryIds as [string, string, string]
    const { moved } = await recordAttempts(sql, holder.token, [
      deliveryResult({ ...queue, deliveryId: one }),
      { ...failed(queue, two), delayMs: 5000 },
      { ...deliveryResult({ ...queue, deliveryId: three }), status: 'filtered', attempt: null, health: null },
    ])
    expect(moved.map((change) => [change.id, change.status, change.attemptCount]).sort()).toEqual(
      [
        [one, 'delivered', 1],
        [two, 'retrying', 1],
        [three, 'filtered', 0],
      ].sort(),
    )
    expect(moved.every((change) => change.userId === queue.webhook.userId)).toBe(true)
    const retrying = await readDelivery(sql, two)
    expect(retrying.dueInMs).toBeGreaterThan(1000)
    expect(retrying.dueInMs).toBeLessThanOrEqual(5000)
    const attempts =
      await sql`select delivery_id, number, outcome, status_code, convert_from(response_body, 'UTF8') as body
      from attempt order by delivery_id`
    expect([...attempts]).toHaveLength(2)
    expect(attempts.find((row) => row['delivery_id'] === one)).toMatchObject({ number: 1, body: 'ok' })
    const [minute] = await sql`select delivered, failed, latency from destination_minute`
    expect(minute).toMatchObject({ delivered: 1, failed: 1 })
    expect((minute!['latency'] as number[]).reduce((sum, n) => sum + n, 0)).toBe(2)
  })

  it('changes no row when it records the results again', async () => {
    await using database = await createTestDatabase()
    const queue = await seedQueue(database)
    await claim(database.sql, queue)
    const results = [failed(queue, queue.deliveryId)]
    expect((await recordAttempts(database.sql, holder.token, results)).moved).toHaveLength(1)
    expect((await recordAttempts(database.sql, holder.token, results)).moved).toHaveLength(0)
    expect(await readDelivery(database.sql, queue.deliveryId)).toMatchObject({
      status: 'retrying',
      attempts: 1,
    })
    expect(await database.sql`select from attempt`).toHaveLength(1)
  })

  it('updates the count of each state', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 4 })
    const count = async () =>
      Object.fromEntries(
        (await sql`select status, count::int from delivery_total where count <> 0`).map((row) => [
          row['status'],
          row['count'],
        ]),
      )
    expect(await count()).toEqual({ pending: 4 })
    await claim(sql, queue, 3)
    expect(await count()).toEqual({ pending: 1, delivering: 3 })
    await recordAttempts(sql, holder.token, [deliveryResult(queue), failed(queue, queue.deliveryIds[1]!)])
    expect(await count()).toEqual({ pending: 1, delivering: 1, delivered: 1, retrying: 1 })
  })
})

describe('destination health', () => {
  it('keeps the last error after a success, including script errors', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 4 })
    const [rejected, broken, first, second] = (await claim(sql, queue)).map(({ id }) => id) as [
      string,
      ...string[],
    ]
    const record = async (...results: Parameters<typeof recordAttempts>[2]) => {
      await recordAttempts(sql, holder.token, results)
      const [health] = await sql`select last_error as error, last_status_code as code,
        last_failure_at is not null as failed, last_success_at is not null as succeeded from destination_state`
      return health
    }
    const answered400 = { outcome: 'http-error', statusCode: 400, error: 'it answered 400' } as const
    const refusal = { ...failed(queue, rejected).attempt!, ...answered400 }
    expect(await record({ ...failed(queue, rejected), health: 'up', attempt: refusal })).toEqual({
      error: 'it answered 400',
      code: 400,
      failed: true,
      succeeded: false,
    })
    const script = { outcome: 'script', statusCode: null, error: 'The script failed' } as const
    const attempt = { ...failed(queue, broken!).attempt!, ...script }
    expect(
      await record(
        { ...failed(queue, broken!), health: null, attempt },
        deliveryResult({ ...queue, deliveryId: first! }),
      ),
    ).toEqual({ error: 'The script failed', code: 200, failed: true, succeeded: true })
    expect(await record(deliveryResult({ ...queue, deliveryId: second! }))).toMatchObject({
      error: 'The script failed',
      code: 200,
    })
  })
})

describe('destination circuit', () => {
  const circuit = async (sql: Sql) =>
    (
      await sql`select circuit, consecutive_failures as failures, circuit_openings as openings,
        extract(epoch from circuit_open_until - clock_timestamp())::float8 as "openFor" from destination_state`
    )[0] as { circuit: string; failures: number; openings: number; openFor: number | null }
  const letProbe = (sql: Sql) =>
    sql`update destination_state set circuit_open_until = now() - interval '1 second'`

  it('opens after consecutive failures, and closes after a successful probe', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const many = circuitRules.failuresToOpen
    const queue = await seedQueue(database, {
      count: many + 5,
      destination: { limits: { concurrency: 100, ratePerSecond: null } },
    })
    const claims = await claim(sql, queue, many)
    const { circuits } = await recordAttempts(
      sql,
      holder.token,
      claims.map(({ id }) => failed(queue, id)),
    )
    expect(circuits).toMatchObject([{ destinationId: queue.destination.id, circuit: 'open' }])
    expect(await circuit(sql)).toMatchObject({ circuit: 'open', failures: many, openings: 1 })
    expect(await claim(sql, queue)).toEqual([])

    await letProbe(sql)
    const [probe, ...others] = await claim(sql, queue)
    expect(others).toEqual([])
    expect(await claim(sql, queue)).toEqual([])
    expect((await circuit(sql)).circuit).toBe('half-open')

    const failedProbe = failed(queue, probe!.id, probe!.attempts)
    await recordAttempts(sql, holder.token, [failedProbe])
    const reopened = await circuit(sql)
    expect(reopened).toMatchObject({ circuit: 'open', openings: 2 })
    expect(reopened.openFor).toBeGreaterThan(circuitRules.openSeconds)

    await letProbe(sql)
    const [second] = await claim(sql, queue)
    const success = deliveryResult({ ...queue, deliveryId: second!.id }, { attempts: second!.attempts })
    expect((await recordAttempts(sql, holder.token, [success])).circuits).toMatchObject([
      { circuit: 'closed' },
    ])
    expect(await circuit(sql)).toMatchObject({ circuit: 'closed', failures: 0, openings: 0, openFor: null })
    expect(await claim(sql, queue)).not.toEqual([])
  })

  it('stays closed when successes interrupt the failures, and on script errors', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, {
      count: 30,
      destination: { limits: { concurrency: 100, ratePerSecond: null } },
    })
    const claims = await claim(sql, queue)
    const results = claims.map(({ id }, n) =>
      n % 5 === 4
        ? deliveryResult({ ...queue, deliveryId: id })
        : { ...failed(queue, id), health: n < 20 ? ('down' as const) : null },
    )
    await recordAttempts(sql, holder.token, results)
    expect(await circuit(sql)).toMatchObject({ circuit: 'closed' })
  })
})
