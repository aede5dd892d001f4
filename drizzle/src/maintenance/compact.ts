import type { TransactionSql } from 'postgres'
import type { Sql } from '../client.js'
import { foldBatches } from './fold-batches.js'

interface CompactOptions {
  /** Rows that one transaction folds. */
  rowsMax?: number
  /** Milliseconds after which no further transaction of the same fold begins. */
  withinMs?: number
}

/** Each returns whether rows are left. */
const folds: ((tx: TransactionSql, rowsMax: number) => Promise<boolean>)[] = [
  foldRequests,
  foldDeliveries,
  foldBatches,
]

/** Key of the advisory lock that the folding process holds. */
export const foldLock = (tx: TransactionSql) => tx`hashtext('whook compaction')`

/**
 * Folds the appended counts into the totals, until no rows are left or the time is over. The sums in the views
 * webhook_total, delivery_total and webhook_minute_total are the same before, during and after. One process folds at a
 * time; the others skip the fold. After a failed fold the others still run, and the error is thrown at the end.
 */
export async function compactCounters(
  sql: Sql,
  { rowsMax = 20_000, withinMs = 5000 }: CompactOptions = {},
): Promise<void> {
  const errors: unknown[] = []
  for (const fold of folds) {
    const until = performance.now() + withinMs
    const foldSome = () =>
      sql.begin(async (tx) => {
        const [lock] = await tx`select pg_try_advisory_xact_lock(${foldLock(tx)}) as mine`
        return lock!['mine'] ? fold(tx, rowsMax) : false
      })
    try {
      while ((await foldSome()) && performance.now() < until);
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Some counts were not folded')
}

async function foldRequests(tx: TransactionSql, rowsMax: number): Promise<boolean> {
  const [done] = await tx<{ rows: number }[]>`
    with gone as (
      delete from webhook_delta where ctid in (select ctid from webhook_delta limit ${rowsMax}) returning *
    ), minutes as (
      insert into webhook_minute (webhook_id, minute, requests)
      select webhook_id, minute, sum(stored) from gone join webhook on webhook.id = webhook_id
      group by webhook_id, minute having sum(stored) > 0
      on conflict (webhook_id, minute) do update set requests = webhook_minute.requests + excluded.requests
    ), days as (
      insert into user_day (user_id, day, requests)
      select user_id, (minute at time zone 'UTC')::date, sum(stored) from gone join webhook on webhook.id = webhook_id
      group by 1, 2 having sum(stored) > 0
      on conflict (user_id, day) do update set requests = user_day.requests + excluded.requests
    ), totals as (
      insert into webhook_counter (webhook_id, stored, stored_bytes, expired, expired_bytes, last_request_at)
      select webhook_id, sum(stored), sum(stored_bytes), sum(expired), sum(expired_bytes), max(last_request_at)
      from gone join webhook on webhook.id = webhook_id group by webhook_id
      on conflict (webhook_id) do update set
        stored = webhook_counter.stored + excluded.stored,
        stored_bytes = webhook_counter.stored_bytes + excluded.stored_bytes,
        expired = webhook_counter.expired + excluded.expired,
        expired_bytes = webhook_counter.expired_bytes + excluded.expired_bytes,
        last_request_at = greatest(webhook_counter.last_request_at, excluded.last_request_at)
    )
    select count(*)::int as rows from gone`
  return done!.rows === rowsMax
}

async function foldDeliveries(tx: TransactionSql, rowsMax: number): Promise<boolean> {
  const [done] = await tx<{ rows: number }[]>`
    with gone as (
      delete from delivery_delta where ctid in (select ctid from delivery_delta limit ${rowsMax}) returning *
    ), totals as (
      insert into delivery_counter (webhook_id, status, count)
      select webhook_id, gone.status, sum(count) from gone join webhook on webhook.id = webhook_id
      group by webhook_id, gone.status
      on conflict (webhook_id, status) do update set count = delivery_counter.count + excluded.count
    )
    select count(*)::int as rows from gone`
  return done!.rows === rowsMax
}
