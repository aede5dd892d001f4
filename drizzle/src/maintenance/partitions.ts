import type { Sql } from '../client.js'

const daysAhead = 7

/**
 * Creates the partitions of yesterday, today and the next 7 days, each day in its own transaction. Returns the
 * created days. Throws an error at the end when a day failed.
 */
export async function ensurePartitions(sql: Sql): Promise<string[]> {
  const days = await sql<{ day: string }[]>`
    select to_char(today + n, 'YYYY-MM-DD') as day
    from (select (now() at time zone 'UTC')::date as today) as t, generate_series(-1, ${daysAhead}::int) as n order by n`
  const [made, errors]: [string[], unknown[]] = [[], []]
  for (const { day } of days) {
    try {
      const [row] = await sql<{ made: boolean }[]>`select ensure_partition(${day}::date) as made`
      if (row!.made) made.push(day)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `Could not create the partitions of ${errors.length} days`)
  return made
}

export interface PartitionState {
  /** Days after today whose partitions exist. */
  daysAhead: number
  /** Rows in the default partitions, because their day had no partition. Counted up to 10,000 per table. */
  defaultRows: number
}

export async function readPartitions(sql: Sql): Promise<PartitionState> {
  const [state] = await sql<PartitionState[]>`
    select (select count(*)::int from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = 'webhook_request'::regclass and relname ~ '^webhook_request_[0-9]{8}$'
          and right(relname, 8) > to_char(now() at time zone 'UTC', 'YYYYMMDD')) as "daysAhead",
      ((select count(*) from (select from webhook_request_default limit 10000) as r)
        + (select count(*) from (select from delivery_default limit 10000) as d)
        + (select count(*) from (select from attempt_default limit 10000) as a))::int as "defaultRows"`
  return state!
}

/**
 * Drops the days that are completely older than `retentionDays` by the clock of the database, and counts their rows
 * as expired. Returns the dropped days (yyyymmdd). One transaction per day: a drop waits at most one second for its
 * locks, and is repeated in the next run.
 */
export async function dropExpiredPartitions(sql: Sql, retentionDays: number): Promise<string[]> {
  const expired = await sql<{ day: string }[]>`
    select right(relname, 8) as day from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'webhook_request'::regclass and relname ~ '^webhook_request_[0-9]{8}$'
      and right(relname, 8) < to_char((now() at time zone 'UTC')::date - ${retentionDays}::int, 'YYYYMMDD')
    order by 1`
  const [dropped, errors]: [string[], unknown[]] = [[], []]
  for (const { day } of expired) {
    try {
      await dropDay(sql, day)
      dropped.push(day)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `Could not drop the partitions of ${errors.length} days`)
  return dropped
}

async function dropDay(sql: Sql, day: string) {
  const [requests, deliveries, attempts] = ['webhook_request', 'delivery', 'attempt'].map((table) =>
    sql(`${table}_${day}`),
  )
  await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '1s'`
    await tx`lock table ${requests!}, ${deliveries!} in share row exclusive mode`
    await tx`insert into webhook_delta (webhook_id, minute, expired, expired_bytes)
      select webhook_id, date_trunc('minute', now()), count(*), sum(size) from ${requests!} group by webhook_id`
    await tx`insert into delivery_delta (webhook_id, status, count)
      select webhook_id, status, -count(*) from ${deliveries!} group by webhook_id, status`
    // A drop locks the default partition last. A query that reads all partitions locks the default partition first, so
    // the two would deadlock.
    await tx`lock table webhook_request_default, delivery_default, attempt_default in access exclusive mode`
    await tx`drop table ${requests!}, ${deliveries!}, ${attempts!}`
  })
}
