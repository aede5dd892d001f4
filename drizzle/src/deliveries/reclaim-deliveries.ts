import { limits } from '@whook/shared'
import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

const batchMax = 500

/**
 * Takes back what workers that are gone (killed, or stopped past their lease) held: the try counts as crashed and is
 * made again at once. A delivery that took `limits.crashesMax` workers with it in a row is dead. Run it until it answers
 * less than a full batch.
 */
export async function reclaimDeliveries(sql: Sql): Promise<DeliveryChange[]> {
  return sql<DeliveryChange[]>`
    with lost as materialized (
      select id from delivery where status = 'delivering' and lease_until < clock_timestamp()
      order by id limit ${batchMax} for update skip locked
    ), moved as (
      update delivery d set
        status = case when d.crashes + 1 >= ${limits.crashesMax}::int then 'dead' else 'retrying' end,
        attempts = d.attempts + 1, crashes = d.crashes + 1, lease_token = null, lease_until = null,
        next_attempt_at = case when d.crashes + 1 < ${limits.crashesMax}::int then clock_timestamp() end,
        last_outcome = 'crashed', last_status_code = null,
        reason = case when d.crashes + 1 >= ${limits.crashesMax}::int
          then 'It stopped ' || d.crashes + 1 || ' workers in a row and is not tried again by itself'
          else 'The worker stopped before it could record an answer' end,
        finished_at = case when d.crashes + 1 >= ${limits.crashesMax}::int then clock_timestamp() end
      from lost where d.id = lost.id and d.status = 'delivering' and d.lease_until < clock_timestamp()
      returning d.*
    ), logged as (
      insert into attempt (delivery_id, number, started_at, duration_ms, outcome, error, request_url, request_method,
        request_headers, request_body_size, response_headers, console)
      select d.id, d.attempts, clock_timestamp(), 0, 'crashed', d.reason, coalesce(destination.url, ''), '', '[]', 0,
        '[]', '[]'
      from moved d left join destination on destination.id = d.destination_id
    )
    select ${liveColumns(sql, 'd')} from moved d`
}

/**
 * Gives up on what waited past its destination's `retry.maxAgeSeconds` behind an open circuit. Whatever else it waited for
 * (a pause, a rate limit, its turn, its owner who retried it by hand) is not the receiver's failure: it gets its try, and
 * dies of its age when that fails.
 */
export async function expireDeliveries(sql: Sql): Promise<DeliveryChange[]> {
  return sql<DeliveryChange[]>`
    update delivery d set status = 'dead', next_attempt_at = null, finished_at = clock_timestamp(),
      reason = 'It waited longer than the destination''s retry policy allows'
    where d.status in ('pending', 'retrying') and d.id in (
      select old.id from destination
        join destination_state s on s.destination_id = destination.id
          and s.circuit = 'open' and s.circuit_open_until > clock_timestamp()
        cross join lateral (
          select id from delivery
          where destination_id = destination.id and status in ('pending', 'retrying', 'held') and status <> 'held'
            and created_at < clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8)
            and id < uuid_floor(clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8))
          limit ${batchMax}) as old
      limit ${batchMax})
    returning ${liveColumns(sql, 'd')}`
}
