import { limits } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { seedQueue } from '@whook/testing/seed-delivery'
import { seedDestination } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { cancelReplay, countReplay, createReplay, readReplay } from './bulk-replay.js'
import { replayRequest } from './replay-request.js'
import { resendEdited } from './resend-edited.js'
import { stepReplay } from './step-replay.js'

describe('replay of one request', () => {
  it('creates deliveries for the given destinations, with their origin', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const queue = await seedQueue(database)
    const second = await seedDestination(db, queue.webhook.id)
    const order = { userId: queue.webhook.userId, requestId: queue.requests[0]!.id }
    expect(await replayRequest(sql, order)).toHaveLength(2)
    const chosen = await replayRequest(sql, { ...order, destinationIds: [second.id] })
    expect(chosen).toMatchObject([{ destinationId: second.id, status: 'pending', attemptCount: 0 }])
    expect(await sql`select from delivery where replay_of = ${order.requestId}`).toHaveLength(3)
    expect(await replayRequest(sql, { ...order, userId: newId() })).toEqual([])
  })

  it('stores an edited copy as a new request with its origin', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database)
    const order = { userId: queue.webhook.userId, requestId: queue.requests[0]!.id }
    const edit = { method: 'PUT', body: { text: '{"edited":"é"}' } }
    const made = await resendEdited(sql, { ...order, edit, event: 'edited' })
    expect(made!.deliveries).toMatchObject([{ requestId: made!.requestId, status: 'pending' }])
    const [row] = await sql`select * from webhook_request where id = ${made!.requestId}`
    expect(row).toMatchObject({
      method: 'PUT',
      path: '/orders',
      body: Buffer.from('{"edited":"é"}'),
      size: 15,
      replay_of: order.requestId,
      content_type: 'application/json',
      event: 'edited',
    })
    expect(await resendEdited(sql, { ...order, edit, event: null, userId: newId() })).toBeUndefined()
    expect([...(await sql`select stored::int from webhook_total`)]).toEqual([{ stored: 2 }])
  })
})

describe('replay to a destination with an ordering key', () => {
  const values = async (
    { sql }: Pick<Awaited<ReturnType<typeof createTestDatabase>>, 'sql'>,
    replayed: string,
  ) =>
    (
      await sql`select distinct ordering_value as v from delivery
        where replay_of is not null and request_id = ${replayed}::uuid`
    ).map(({ v }) => v as string)

  it('has its ordering value when it is a single, edited or bulk replay', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const bodies = ['{"order":"a"}', '{"order":"b"}', '{}']
    const { webhook, requests } = await seedQueue(database, {
      bodies,
      destination: { orderingKey: 'body.order' },
    })
    const { userId, id: webhookId } = webhook
    const [a, b, none] = requests.map(({ id }) => id) as [string, string, string]

    await replayRequest(sql, { userId, requestId: a })
    expect(await values(database, a)).toEqual(['a'])

    const edit = { body: { text: '{"order":"c"}' } }
    const edited = await resendEdited(sql, { userId, requestId: a, edit, event: null })
    expect(await values(database, edited!.requestId)).toEqual(['c'])

    await createReplay(database, { userId, selection: { webhookId, requestIds: [b, none] } })
    expect(await stepReplay(sql)).toMatchObject({ finished: true })
    expect(await values(database, b)).toEqual(['b'])
    expect(await values(database, none)).toEqual([null])
  })

  it('has its ordering value when the key is newer and the bodies are large', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const bodies = ['x', 'y', 'z'].map((order) => JSON.stringify({ order, note: '-'.repeat(9_000_000) }))
    const { webhook, requests } = await seedQueue(database, { bodies })
    await seedDestination(db, webhook.id, { orderingKey: 'body.order' })
    await createReplay(database, {
      userId: webhook.userId,
      selection: { webhookId: webhook.id, requestFilter: {} },
    })
    expect(await stepReplay(sql)).toMatchObject({ finished: true })
    for (const [index, { id }] of requests.entries())
      expect((await values(database, id)).toSorted()).toEqual([['x', 'y', 'z'][index], null].toSorted())
  })
})

describe('bulk replay', () => {
  it('continues after an interruption, and repeats each delivery once', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 1200 })
    const { userId, id: webhookId } = queue.webhook
    await sql`update delivery set status = 'dead', next_attempt_at = null where id < ${queue.deliveryIds[1100]!}`
    const dead = (await sql`select from delivery where status = 'dead'`).length
    const order = { userId, selection: { webhookId, deliveryFilter: { status: 'dead' } } }
    expect(await countReplay(sql, order)).toEqual({ total: dead, deliveries: dead, withFilter: 0 })

    const replayId = await createReplay(database, order)
    await stepReplay(sql)
    expect(await readReplay(sql, replayId, userId)).toMatchObject({
      status: 'running',
      total: dead,
      done: 500,
    })
    await expect(
      sql.begin(async (tx) => {
        await stepReplay(Object.assign(tx, { begin: (work: (t: unknown) => unknown) => work(tx) }) as never)
        throw new Error('killed')
      }),
    ).rejects.toThrow('killed')
    expect(await readReplay(sql, replayId, userId)).toMatchObject({ done: 500 })

    await Promise.all([stepReplay(sql), stepReplay(sql)])
    for (let step = await stepReplay(sql); step && !step.finished;) step = await stepReplay(sql)
    expect(await readReplay(sql, replayId, userId)).toMatchObject({ status: 'finished', done: dead })
    const made = await sql`select replay_of from delivery where replay_id = ${replayId}`
    expect(new Set(made.map((row) => row['replay_of'])).size).toBe(dead)
    expect(await readReplay(sql, replayId, newId())).toBeUndefined()
  })

  it('replays by filter or id to each destination, and stops when cancelled', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const queue = await seedQueue(database, { count: 4 })
    await seedDestination(db, queue.webhook.id)
    const { userId, id: webhookId } = queue.webhook
    const requestIds = queue.requests.slice(0, 3).map((request) => request.id)
    const order = { userId, selection: { webhookId, requestIds } }
    expect(await countReplay(sql, order)).toEqual({ total: 3, deliveries: 6, withFilter: 0 })
    expect(await countReplay(sql, { ...order, userId: newId() })).toEqual({
      total: 0,
      deliveries: 0,
      withFilter: 0,
    })
    const cancelled = await createReplay(database, order)
    expect(await cancelReplay(sql, { userId: newId(), replayId: cancelled })).toBe(false)
    expect(await cancelReplay(sql, { userId, replayId: cancelled })).toBe(true)
    expect(await stepReplay(sql)).toBeUndefined()
    await createReplay(database, { userId, selection: { webhookId, requestFilter: { q: '"n":1' } } })
    expect(await stepReplay(sql)).toMatchObject({ finished: true })
    expect(await sql`select from delivery where replay_id is not null`).toHaveLength(2)
  })

  it('scans a limited number of requests per step, and continues after them', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 2 })
    const { userId, id: webhookId } = queue.webhook
    await sql`
      insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address,
        http_version, verification, received_at)
      select uuid_floor(now() - interval '1 hour' + i * interval '1 ms'), ${webhookId}::uuid, 'POST', '/', '', '', '', 0,
        '192.0.2.1', '1.1', 'unconfigured', now() from generate_series(1, ${limits.searchRowsMax}::int) as i`
    const replayId = await createReplay(database, {
      userId,
      selection: { webhookId, requestFilter: { q: '"n":1' } },
    })
    expect(await stepReplay(sql)).toMatchObject({ finished: false, destinationIds: [] })
    expect(await readReplay(sql, replayId, userId)).toMatchObject({ status: 'running', done: 0 })
    expect(await stepReplay(sql)).toMatchObject({ finished: true, destinationIds: [queue.destination.id] })
    expect(await readReplay(sql, replayId, userId)).toMatchObject({ status: 'finished', total: 1, done: 1 })
  })

  it('fails after five attempts, while other replays continue', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const [first, second] = [await seedQueue(database), await seedQueue(database)]
    const order = ({ webhook }: typeof first, requestFilter = {}) => ({
      userId: webhook.userId,
      selection: { webhookId: webhook.id, requestFilter },
    })
    const failing = await createReplay(database, order(first))
    await sql`update replay set selection = jsonb_set(selection, '{requestFilter,after}', '"no time"')`
    const other = await createReplay(database, order(second))
    expect(await stepReplay(sql)).toMatchObject({ replayId: failing, finished: false })
    expect(await stepReplay(sql)).toMatchObject({ replayId: other, finished: true })
    expect(await stepReplay(sql)).toBeUndefined()

    let attempts = 1
    for (let finished = false; !finished; attempts++) {
      await sql`update replay set stepped_at = now() - interval '1 second' where id = ${failing}`
      const step = await stepReplay(sql)
      expect(step).toMatchObject({ replayId: failing, error: expect.any(Error) })
      finished = step!.finished
    }
    expect(attempts).toBe(5)
    expect(await readReplay(sql, failing, null)).toMatchObject({ status: 'failed', done: 0 })
    expect(await stepReplay(sql)).toBeUndefined()
  })

  it('continues at its position after a failed step', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database, { count: 700 })
    const { userId, id: webhookId } = webhook
    const replayId = await createReplay(database, { userId, selection: { webhookId, requestFilter: {} } })
    await stepReplay(sql)
    await sql`update replay set selection = jsonb_set(selection, '{requestFilter,after}', '"no time"')`
    expect(await stepReplay(sql)).toMatchObject({ finished: false, error: expect.any(Error) })
    await sql`update replay set stepped_at = now() - interval '1 second', selection = selection #- '{requestFilter,after}'`
    expect(await stepReplay(sql)).toMatchObject({ replayId, finished: true })
    expect(await readReplay(sql, replayId, null)).toMatchObject({ status: 'finished', done: 700 })
    expect([...(await sql`select failures from replay`)]).toEqual([{ failures: 0 }])
  })
})
