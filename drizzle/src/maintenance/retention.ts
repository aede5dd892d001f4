import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from '../queries/delivery/live-columns.js'
import { canHappen } from '../queries/delivery/status-in.js'
import { dropExpiredPartitions } from './partitions.js'
import type { Steps } from './run-steps.js'

const batchMax = 1000

/**
 * Additional hours for requests of webhooks with their own retention, so that users see the final state of the
 * deliveries.
 */
const graceHours = 1

interface RetentionOptions {
  /** Retention of the installation in days. */
  retentionDays: number
  /** Called for deliveries that ended because of their age. */
  onEnded: (changes: DeliveryChange[]) => void
}

/**
 * Removes requests that are older than their retention. Waiting deliveries first get a final state and a reason,
 * which the ledger counts. Their rows are removed afterwards.
 */
export const retentionSteps = (sql: Sql, { retentionDays, onEnded }: RetentionOptions): Steps => ({
  days: async () => {
    await endWaiting(sql, { days: retentionDays, onEnded })
    return dropExpiredPartitions(sql, retentionDays)
  },
  defaultPartitions: async () => {
    await endWaiting(sql, { days: retentionDays, onEnded })
    return expireDefaults(sql, retentionDays)
  },
  webhooks: () => expireRequests(sql, retentionDays, onEnded),
})

/**
 * Removes requests that are older than the shorter retention of their webhook. Returns the number of removed
 * requests.
 */
export async function expireRequests(
  sql: Sql,
  retentionDays: number,
  onEnded: RetentionOptions['onEnded'] = () => {},
): Promise<number> {
  const webhooks = await sql<{ id: string; days: number; cutoff: string }[]>`
    select id, (limits->>'retentionDays')::int as days, uuid_floor(now()
      - make_interval(days => (limits->>'retentionDays')::int, hours => ${graceHours}::int)) as cutoff
    from webhook where (limits->>'retentionDays')::int < ${retentionDays}::int`
  const errors: unknown[] = []
  let removed = 0
  for (const { id, days, cutoff } of webhooks) {
    try {
      await endWaiting(sql, { days, onEnded, webhookId: id })
      removed += await removeRequests(sql, id, cutoff)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `Could not apply the retention of ${errors.length} webhooks`)
  return removed
}

interface EndWaitingOptions extends Pick<RetentionOptions, 'onEnded'> {
  days: number
  webhookId?: string
}

/**
 * Changes waiting deliveries older than `days` to `dead`, of all webhooks or of one: their requests are removed next.
 */
export async function endWaiting(sql: Sql, { days, webhookId, onEnded }: EndWaitingOptions): Promise<void> {
  const [cutoff] = await sql<{ id: string }[]>`
    select uuid_floor(now() - make_interval(days => ${days}::int)) as id`
  const old = sql`d.id < ${cutoff!.id}::uuid and ${canHappen(sql, 'endWithRequest', 'd.status')}`
  for (let count = batchMax; count >= batchMax;) {
    const changes: DeliveryChange[] = await sql<DeliveryChange[]>`
      with picked as materialized (
        select d.id from delivery d
        where ${old} and (${webhookId === undefined} or d.webhook_id = ${webhookId ?? null}::uuid)
        limit ${batchMax} for update skip locked)
      update delivery d set status = 'dead', next_attempt_at = null, finished_at = clock_timestamp(),
        reason = ${`Not delivered within the retention of ${days} days. Its request will be removed.`}
      from picked where d.id = picked.id and ${old}
      returning ${liveColumns(sql, 'd')}`
    onEnded(changes)
    count = changes.length
  }
}

/** Removes expired rows of the default partitions. Returns the number of removed requests. */
async function expireDefaults(sql: Sql, retentionDays: number): Promise<number> {
  const [cutoff] = await sql<{ id: string }[]>`
    select uuid_floor(((now() at time zone 'UTC')::date - ${retentionDays}::int)::timestamp at time zone 'UTC') as id`
  const { id } = cutoff!
  const removed = await inBatches(
    () => sql<RemovedCount[]>`
      with gone as (
        delete from webhook_request where id < ${id}::uuid and id in (
          select id from webhook_request_default where id < ${id}::uuid order by id limit ${batchMax})
        returning webhook_id, size
      ), counted as (
        insert into webhook_delta (webhook_id, minute, expired, expired_bytes)
        select webhook_id, date_trunc('minute', now()), count(*), sum(size) from gone group by webhook_id
      )
      select count(*)::int as removed from gone`,
  )
  await inBatches(
    () => sql<RemovedCount[]>`
      with gone as (
        delete from delivery where id < ${id}::uuid and id in (
          select id from delivery_default where id < ${id}::uuid order by id limit ${batchMax})
        returning id
      )
      select count(*)::int as removed from gone`,
  )
  await inBatches(
    () => sql<RemovedCount[]>`
      with gone as (
        delete from attempt where delivery_id < ${id}::uuid and (delivery_id, number) in (
          select delivery_id, number from attempt_default where delivery_id < ${id}::uuid
          order by delivery_id limit ${batchMax})
        returning delivery_id
      )
      select count(*)::int as removed from gone`,
  )
  return removed
}

/**
 * Removes requests of a webhook with ids below `beforeId`, with their deliveries and attempts. Counts them as
 * expired.
 */
export async function removeRequests(sql: Sql, webhookId: string, beforeId: string): Promise<number> {
  const removed = await inBatches(
    () => sql<RemovedCount[]>`
      with gone as (
        delete from webhook_request where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid and id in (
          select id from webhook_request where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid
          order by id limit ${batchMax})
        returning size
      ), counted as (
        insert into webhook_delta (webhook_id, minute, expired, expired_bytes)
        select webhook.id, date_trunc('minute', now()), (select count(*) from gone), (select sum(size) from gone)
        from webhook where webhook.id = ${webhookId}::uuid and exists (select from gone)
      )
      select count(*)::int as removed from gone`,
  )
  await inBatches(
    () => sql<RemovedCount[]>`
      with gone as (
        delete from delivery where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid and id in (
          select id from delivery where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid limit ${batchMax})
        returning id
      ), attempts as (
        delete from attempt where delivery_id < ${beforeId}::uuid and delivery_id in (select id from gone)
      )
      select count(*)::int as removed from gone`,
  )
  return removed
}

interface RemovedCount {
  removed: number
}

/** Runs `removeSome` until it removes less than a full batch. Returns the sum. */
async function inBatches(removeSome: () => PromiseLike<RemovedCount[]>): Promise<number> {
  let sum = 0
  for (let removed = batchMax; removed >= batchMax; sum += removed)
    [{ removed }] = (await removeSome()) as [RemovedCount]
  return sum
}
