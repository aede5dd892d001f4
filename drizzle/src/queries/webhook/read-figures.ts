import type { Sql } from '../../client.js'
import { statusIn } from '../delivery/status-in.js'

/** Computed figures of a webhook; they are not stored in its row. */
export interface WebhookFigures {
  stored: number
  lastRequestAt: Date | null
  today: number
  /** Requests per hour of the last 24 hours, oldest first. */
  hours: number[]
  failing: number
  held: number
  heldForVerification: number
  destinations: number
}

type FigureRow = Omit<WebhookFigures, 'hours'> & { id: string; hours: Record<string, number> | null }

/** Maximum of held deliveries that are read to count those held for verification. */
const heldLookedAtMax = 10_000

/** Reads the figures of several webhooks with one statement. */
export async function readFigures(sql: Sql, ids: string[]): Promise<Map<string, WebhookFigures>> {
  const rows = await sql<FigureRow[]>`
    select w.id, coalesce(t.stored, 0)::float8 as stored, t.last_request_at as "lastRequestAt",
      coalesce(m.today, 0)::float8 as today, m.hours, coalesce(s.failing, 0)::float8 as failing,
      coalesce(s.held, 0)::float8 as held, coalesce(v.held_for_verification, 0) as "heldForVerification", d.destinations
    from unnest(${ids}::uuid[]) as w(id)
    left join lateral (
      select sum(stored) as stored, max(last_request_at) as last_request_at
      from webhook_total where webhook_id = w.id) t on true
    left join lateral (
      select sum(today) as today, jsonb_object_agg(age, requests) filter (where age between 0 and 23) as hours
      from (
        select floor(extract(epoch from now() - minute) / 3600)::int as age, sum(requests) as requests,
          sum(requests) filter (
            where minute >= date_trunc('day', now() at time zone 'UTC') at time zone 'UTC') as today
        from webhook_minute_total where webhook_id = w.id and minute > now() - interval '25 hours' group by 1
      ) hourly) m on true
    left join lateral (
      select sum(count) filter (where ${statusIn(sql, 'status', ['retrying', 'dead'])}) as failing,
        sum(count) filter (where status = 'held') as held
      from delivery_total where webhook_id = w.id) s on true
    left join lateral (
      select count(held_for)::int as held_for_verification from (
        select held_for from delivery where s.held > 0 and webhook_id = w.id and status = 'held'
        limit ${heldLookedAtMax}) looked) v on true
    left join lateral (
      select count(*)::int as destinations from destination where webhook_id = w.id) d on true`
  return new Map(
    rows.map(({ id, hours, ...figures }) => [
      id,
      { ...figures, hours: Array.from({ length: 24 }, (_, index) => Number(hours?.[23 - index] ?? 0)) },
    ]),
  )
}
