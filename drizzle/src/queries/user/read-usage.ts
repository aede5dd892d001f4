import { limits } from '@whook/shared'
import type { Sql } from '../../client.js'

export interface UserUsage {
  userId: string
  /** Bytes of the stored bodies, plus `limits.storedRequestBytes` for each stored request. */
  storedBytes: number
  /** Requests stored since midnight (UTC), including deleted webhooks. */
  requestsToday: number
  /** Seconds until the next midnight (UTC), by the clock of the database. */
  secondsLeftToday: number
}

/**
 * Reads the usage of users from the counters: O(webhooks of these users), no request is read. A queued request counts
 * from the time a worker stores it.
 */
export const readUsage = (sql: Sql, userIds: readonly string[]): Promise<UserUsage[]> => sql<UserUsage[]>`
  select u.id as "userId", coalesce(held.bytes, 0)::float8 as "storedBytes",
    (coalesce(folded.requests, 0) + coalesce(held.today, 0))::float8 as "requestsToday",
    extract(epoch from today.start + interval '1 day' - now())::float8 as "secondsLeftToday"
  from unnest(${userIds as string[]}::uuid[]) as u(id)
  cross join (select date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' as start) today
  left join user_day folded on folded.user_id = u.id and folded.day = (today.start at time zone 'UTC')::date
  left join lateral (
    select sum(greatest(t.stored_bytes - t.expired_bytes, 0) + ${limits.storedRequestBytes} * (t.stored - t.expired))
        filter (where t.stored > t.expired) as bytes,
      sum(recent.requests) as today
    from webhook w
    left join lateral (select * from webhook_total where webhook_id = w.id) t on true
    left join lateral (
      select sum(d.stored) as requests from webhook_delta d
      where d.webhook_id = w.id and d.minute >= today.start) recent on true
    where w.user_id = u.id) held on true`
