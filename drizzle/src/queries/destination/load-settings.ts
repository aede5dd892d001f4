import type { Filter, HeaderPairs, RetryPolicy, WebhookStatus } from '@whook/shared'
import type { Sql } from '../../client.js'

/** Settings of a destination and its webhook that sending needs. Secrets are sealed. */
export interface DestinationSettings {
  id: string
  webhookId: string
  userId: string
  slug: string
  webhookStatus: WebhookStatus
  webhookScript: string | null
  provider: string | null
  url: string
  enabled: boolean
  headers: HeaderPairs
  forwardHeaders: string[]
  appendPath: boolean
  /** Enabled destinations of the webhook, this one included. */
  siblings: number
  timeoutMs: number
  retry: RetryPolicy
  filter: Filter | null
  script: string | null
  /** Newest first, without expired secrets. */
  secrets: { id: string; secret: string }[]
}

export const loadSettings = (sql: Sql, destinationIds: string[]) => sql<DestinationSettings[]>`
  select d.id, d.webhook_id as "webhookId", w.user_id as "userId", w.slug, w.status as "webhookStatus",
    w.script as "webhookScript", w.verification->>'provider' as provider, d.url, d.enabled, d.headers,
    d.forward_headers as "forwardHeaders", d.append_path as "appendPath",
    (select count(*)::int from destination s where s.webhook_id = d.webhook_id and (s.enabled or s.id = d.id)) as siblings,
    d.timeout_ms as "timeoutMs", d.retry, d.filter, d.script,
    coalesce((select json_agg(json_build_object('id', s.id, 'secret', s.secret) order by s.created_at desc, s.id desc)
      from destination_secret s
      where s.destination_id = d.id and (s.expires_at is null or s.expires_at > now())), '[]') as secrets
  from destination d join webhook w on w.id = d.webhook_id
  where d.id = any(${destinationIds}::uuid[])`

/** Returns the owner of each destination. Deleted destinations are omitted. */
export const ownersOf = (sql: Sql, destinationIds: string[]) => sql<
  { destinationId: string; userId: string }[]
>`
  select d.id as "destinationId", w.user_id as "userId" from destination d join webhook w on w.id = d.webhook_id
  where d.id = any(${destinationIds}::uuid[])`
