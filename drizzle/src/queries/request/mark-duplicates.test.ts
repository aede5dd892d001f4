import { newId } from '@whook/runtime/ids'
import { deliveryKey } from '@whook/runtime/delivery-key'
import type { CapturedRequest } from '@whook/shared'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase } from '@whook/testing/test-database'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { markDuplicates } from './mark-duplicates.js'
import { storeBatch } from './store-batch.js'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const store = async (...requests: CapturedRequest[]) => {
  await storeBatch(database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return mark(requests)
}
const mark = (requests: CapturedRequest[]) =>
  markDuplicates(
    database.sql,
    requests.map(({ id, webhookId, headers, text }) => ({
      id,
      deliveryKey: deliveryKey(webhookId, headers, text),
    })),
  )
const named = (webhookId: string, delivery: string, rest: Partial<CapturedRequest> = {}) =>
  capturedRequest(webhookId, { headers: ['X-GitHub-Delivery', `delivery ${delivery}`], ...rest })
const duplicatesOf = async (webhookId: string) => {
  const rows = await database.sql<{ id: string; first: string }[]>`
    select id, duplicate_of as first from webhook_request
    where webhook_id = ${webhookId} and duplicate_of is not null order by id`
  return rows.map(({ id, first }) => [id, first])
}
/** An id with a time `agoMs` milliseconds ago. */
const idAt = (agoMs: number) => {
  const time = (Date.now() - agoMs).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`
}
const hourMs = 3_600_000

describe('markDuplicates', () => {
  it('marks repeated delivery keys, within a batch and in later batches', async () => {
    const [{ id: mine }, { id: others }] = [await seedWebhook(database.db), await seedWebhook(database.db)]
    const [first, second, third] = [named(mine, '1'), named(mine, '1'), named(mine, '1')]
    expect([...(await store(first, second, named(mine, '2'), capturedRequest(mine)))]).toEqual([
      [second.id, first.id],
    ])
    expect([...(await store(third, named(others, '1')))]).toEqual([[third.id, first.id]])
    expect(await duplicatesOf(mine)).toEqual([
      [second.id, first.id],
      [third.id, first.id],
    ])
    expect(await duplicatesOf(others)).toEqual([])
    expect((await mark([first, second, third])).size).toBe(0)
  })

  it('does not mark a key that is repeated after more than 24 hours', async () => {
    const { id } = await seedWebhook(database.db)
    const [old, within, now] = [25 * hourMs, 23 * hourMs, 0].map((ago) => named(id, 'a', { id: idAt(ago) }))
    await store(old!)
    await store(within!)
    await store(now!)
    expect(await duplicatesOf(id)).toEqual([
      [within!.id, old!.id],
      [now!.id, within!.id],
    ])
  })

  it('leaves one original when copies are stored concurrently', async () => {
    const { id } = await seedWebhook(database.db)
    for (let round = 0; round < 10; round++) {
      const copies = Array.from({ length: 4 }, () => named(id, `round ${round}`))
      const shuffled = copies.toSorted(() => (round % 2 === 0 ? -1 : Math.random() - 0.5))
      await Promise.all(shuffled.map((copy) => store(copy)))
    }
    const marked = await duplicatesOf(id)
    expect(marked).toHaveLength(30)
    const firsts = new Set(marked.map(([, first]) => first))
    expect(marked.filter(([copy]) => firsts.has(copy!))).toEqual([])
  })

  it('keeps the mark of another worker that saw an earlier copy', async () => {
    const { id } = await seedWebhook(database.db)
    const [first, second, third] = [named(id, 'race'), named(id, 'race'), named(id, 'race')]
    const batch = { instanceId: newId(), number: 1, refused: [], requests: [second, third] }
    await storeBatch(database.sql, batch)
    const markElsewhere = async (holder: postgres.TransactionSql) => {
      await holder`update webhook_request set duplicate_of = ${first.id} where id in ${holder([second.id, third.id])}`
      // This call does not see the first request, and waits for the row locks.
      const late = mark([second, third])
      await vi.waitUntil(
        async () =>
          (await database.sql`select from pg_locks where not granted and locktype = 'transactionid'`).length >
          0,
        { timeout: 5000 },
      )
      return { late }
    }
    const { late } = await database.sql.begin(markElsewhere)
    expect((await late).size).toBe(0)
    expect(await duplicatesOf(id)).toEqual([
      [second.id, first.id],
      [third.id, first.id],
    ])
  })

  it('finds the first request through its index among 300 copies', async () => {
    const { id } = await seedWebhook(database.db)
    const copies = Array.from({ length: 300 }, () => named(id, 'flood'))
    for (let n = 0; n < 300; n += 100) await store(...copies.slice(n, n + 100))
    const marked = await duplicatesOf(id)
    expect(marked).toHaveLength(299)
    expect(new Set(marked.map(([, first]) => first))).toEqual(new Set([copies[0]!.id]))
  })
})
