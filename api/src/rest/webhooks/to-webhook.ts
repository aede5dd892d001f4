import type { Sql, webhook } from '@whook/drizzle'
import { isAnswerHeaderAllowed, type Webhook } from '@whook/shared'

export type WebhookRow = typeof webhook.$inferSelect

/** Computed figures of a webhook; they are not stored in its row. */
export interface WebhookFigures {
  stored: number
  lastRequestAt: string | null
  today: number
  hours: number[]
  failing: number
  held: number
  heldForVerification: number
  destinations: number
}

/** Maps a row to the API shape. Secrets become a count; counts are from the totals. */
export function toWebhook(row: WebhookRow, figures: WebhookFigures, publicUrl: string): Webhook {
  const { id, slug, name, status, response, verification, onVerificationFailure, limits, createdAt } = row
  return {
    id,
    slug,
    url: `${publicUrl}/${slug}`,
    name,
    status,
    response,
    ignoredResponseHeaders: response.headers
      .map(([name]) => name)
      .filter((name) => !isAnswerHeaderAllowed(name)),
    verification: verification && {
      provider: verification.provider,
      secretCount: verification.secrets.length,
      hasVerifyToken: verification.verifyToken !== undefined,
    },
    onVerificationFailure,
    limits,
    requestCount: figures.stored,
    requestCountToday: figures.today,
    lastRequestAt: figures.lastRequestAt,
    failingDeliveryCount: figures.failing,
    heldDeliveryCount: figures.held,
    heldForVerificationCount: figures.heldForVerification,
    destinationCount: figures.destinations,
    sparkline: figures.hours,
    createdAt: createdAt.toISOString(),
  }
}

interface FigureRow {
  id: string
  stored: string | null
  last_request_at: Date | null
  today: string | null
  hours: Record<string, number> | null
  failing: string | null
  held: string | null
  held_for_verification: number | null
  destinations: number
}

/** Maximum of held deliveries that are read to count those held for verification. */
const heldLookedAtMax = 10_000

/** Reads the figures of several webhooks with one statement. */
export async function readFigures(sql: Sql, ids: string[]): Promise<Map<string, WebhookFigures>> {
  const rows = await sql<FigureRow[]>`
    select w.id, t.stored, t.last_request_at, m.today, m.hours, s.failing, s.held, v.held_for_verification, d.destinations
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
      select sum(count) filter (where status in ('retrying', 'dead')) as failing,
        sum(count) filter (where status = 'held') as held
      from delivery_total where webhook_id = w.id) s on true
    left join lateral (
      select count(held_for)::int as held_for_verification from (
        select held_for from delivery where s.held > 0 and webhook_id = w.id and status = 'held'
        limit ${heldLookedAtMax}) looked) v on true
    left join lateral (
      select count(*)::int as destinations from destination where webhook_id = w.id) d on true`
  return new Map(rows.map((row) => [row.id, toFigures(row)]))
}

const toFigures = (row: FigureRow): WebhookFigures => ({
  stored: Number(row.stored ?? 0),
  lastRequestAt: row.last_request_at?.toISOString() ?? null,
  today: Number(row.today ?? 0),
  hours: Array.from({ length: 24 }, (_, index) => Number(row.hours?.[23 - index] ?? 0)),
  failing: Number(row.failing ?? 0),
  held: Number(row.held ?? 0),
  heldForVerification: row.held_for_verification ?? 0,
  destinations: row.destinations,
})
