import type { Sql } from '../client.js'

const daysAhead = 7
const dayMs = 24 * 3600 * 1000

/** Partitions of the coming days exist before their first request does. */
export const ensurePartitions = (sql: Sql) => sql`
  select ensure_partitions((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + ${daysAhead}::int)`

/**
 * Drops the days that are wholly older than `retentionDays`, and accounts for what was in them. Answers their names
 * (yyyymmdd). One transaction a day: a drop waits at most a second for its turn and is tried again next time.
 */
export async function dropExpiredPartitions(
  sql: Sql,
  retentionDays: number,
  now = new Date(),
): Promise<string[]> {
  const keepFrom = dayName(new Date(now.getTime() - retentionDays * dayMs))
  const rows = await sql<{ day: string }[]>`
    select right(relname, 8) as day from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'webhook_request'::regclass and relname ~ '^webhook_request_[0-9]{8}$' order by 1`
  const expired = rows.map((row) => row.day).filter((day) => day < keepFrom)
  for (const day of expired) await dropDay(sql, day)
  return expired
}

async function dropDay(sql: Sql, day: string) {
  const [requests, deliveries, attempts] = ['webhook_request', 'delivery', 'attempt'].map((table) =>
    sql(`${table}_${day}`),
  )
  await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '1s'`
    await tx`lock table ${requests!}, ${deliveries!} in share row exclusive mode`
    await tx`insert into webhook_delta (webhook_id, minute, expired)
      select webhook_id, date_trunc('minute', now()), count(*) from ${requests!} group by webhook_id`
    await tx`insert into delivery_delta (webhook_id, status, count)
      select webhook_id, status, -count(*) from ${deliveries!} group by webhook_id, status`
    // A drop takes the default partition last, whose place in the parent changes. Who reads one partition after the other
    // reads that one first, and each would wait for the other.
    await tx`lock table webhook_request_default, delivery_default, attempt_default in access exclusive mode`
    await tx`drop table ${requests!}, ${deliveries!}, ${attempts!}`
  })
}

const dayName = (date: Date) => date.toISOString().slice(0, 10).replaceAll('-', '')
