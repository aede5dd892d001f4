import { limits } from '@whook/shared'
import { monotonicMs } from '@whook/runtime/clock'
import type { Sql } from '../client.js'
import { cancelOrphanedDeliveries, holdBatchMax } from '../queries/delivery/hold-deliveries.js'
import { removeRequests } from './retention.js'
import type { Steps } from './run-steps.js'

const minutesKeptDays = 32
/** Quotas only need the current day. */
const userDaysKept = 7
/** A series of batch numbers ends a day after its last batch, and no queue keeps a batch for this many days. */
const seriesKeptDays = 90
/** A client with an older cursor lists by the time of receipt only. */
const lateKeptDays = 32
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const firstId = '00000000-0000-0000-0000-000000000000'
const batchMax = 1000
/** Hours after a deletion until the second removal, for rows that a queued batch stored later. */
const lookAgainHours = 24

interface PurgeOptions {
  retentionDays: number
  /** Milliseconds after which a step stops. Its next run continues. */
  withinMs?: number
}

/** Removes rows without references, and expired rows. Every statement is bounded. */
export const purgeSteps = (sql: Sql, { retentionDays, withinMs = 60_000 }: PurgeOptions): Steps => ({
  deletions: () => removeDeleted(sql, withinMs),
  webhookMinutes: () => removeMinutes(sql, 'webhook'),
  destinationMinutes: () => removeMinutes(sql, 'destination'),
  sessions: () => sql`
    delete from session
    where expires_at < now() or last_seen_at < now() - make_interval(days => ${limits.sessionIdleDays})`,
  lateRequests: () => sql`
    delete from late_request where stored_at < now() - make_interval(days => ${lateKeptDays}::int)
      or not exists (select from webhook where webhook.id = webhook_id)`,
  userDays: () =>
    sql`delete from user_day where day < (now() at time zone 'UTC')::date - ${userDaysKept}::int`,
  loginLinks: () => sql`delete from login_link where expires_at < now() - interval '1 day'`,
  destinationSecrets: () => sql`delete from destination_secret where expires_at < now() - interval '1 day'`,
  replays: () =>
    inBatches(
      () => sql`
    delete from replay where id in (
      select id from replay where finished_at < now() - make_interval(days => ${retentionDays}::int)
      limit ${batchMax})`,
    ),
  batchNumbers: () =>
    inBatches(
      () => sql`
    delete from accepted_instance where instance_id in (
      select instance_id from accepted_instance i
      where last_stored_at < now() - make_interval(days => ${seriesKeptDays}::int)
        and not exists (select from accepted_batch b where b.instance_id = i.instance_id)
        and not exists (select from missing_batch m where m.instance_id = i.instance_id)
      limit ${batchMax})`,
    ),
})

async function inBatches(removeSome: () => PromiseLike<{ count: number }>): Promise<number> {
  let removed = 0
  for (let count = batchMax; count >= batchMax; removed += count) ({ count } = await removeSome())
  return removed
}

interface Deletion {
  kind: 'webhook' | 'destination'
  id: string
}

/**
 * Removes the rows of deleted webhooks and destinations from the large tables. Returns the number of processed
 * deletions.
 */
async function removeDeleted(sql: Sql, withinMs: number): Promise<number> {
  const until = monotonicMs() + withinMs
  let done = 0
  for (;;) {
    const due = await sql<Deletion[]>`
      select kind, id from deletion
      where checked_at is null or deleted_at < now() - make_interval(hours => ${lookAgainHours}::int)
      order by checked_at nulls first limit 100`
    const errors: unknown[] = []
    for (const { kind, id } of due) {
      try {
        await (kind === 'webhook' ? removeWebhook(sql, id) : cancelDeliveries(sql, id))
        await forgetDeletion(sql, { kind, id })
        done++
      } catch (error) {
        errors.push(error)
      }
      if (monotonicMs() > until) break
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `Could not remove the rows of ${errors.length} deletions`)
    if (due.length === 0 || monotonicMs() > until) return done
  }
}

async function removeWebhook(sql: Sql, id: string): Promise<void> {
  await removeRequests(sql, id, lastId)
  for (const table of ['delivery_delta', 'delivery_counter', 'webhook_delta'])
    await sql`delete from ${sql(table)} where webhook_id = ${id}::uuid`
}

async function cancelDeliveries(sql: Sql, destinationId: string): Promise<void> {
  while ((await cancelOrphanedDeliveries(sql, destinationId)).length >= holdBatchMax);
}

const forgetDeletion = (sql: Sql, { kind, id }: Deletion) => sql`
  with old as (
    delete from deletion where kind = ${kind} and id = ${id}::uuid
      and deleted_at < now() - make_interval(hours => ${lookAgainHours}::int) returning id)
  update deletion set checked_at = now()
  where kind = ${kind} and id = ${id}::uuid and not exists (select from old)`

/**
 * Removes old minutes through the primary key, one page of owners at a time: the tables have no index on the minute.
 */
async function removeMinutes(sql: Sql, owner: 'webhook' | 'destination'): Promise<void> {
  for (let after: string | null = firstId; after !== null;) {
    const [page]: { last: string | null }[] = await sql<{ last: string | null }[]>`
      with page as materialized (
        select id from ${sql(owner)} where id > ${after}::uuid order by id limit ${batchMax}
      ), gone as (
        delete from ${sql(`${owner}_minute`)} m using page
        where m.${sql(`${owner}_id`)} = page.id and m.minute < now() - make_interval(days => ${minutesKeptDays}::int)
      )
      select (select id from page order by id desc limit 1) as last`
    after = page!.last
  }
}
