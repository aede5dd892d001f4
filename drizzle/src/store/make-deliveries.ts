import type { CapturedRequest } from '@whook/shared'
import type postgres from 'postgres'

export interface MadeDelivery {
  id: string
  requestId: string
  webhookId: string
  destinationId: string
  status: 'pending' | 'held'
}

/**
 * One delivery per request and enabled destination, inside the transaction that stores the requests: there is no moment
 * at which a stored request lacks them. Paused webhooks' deliveries are held. Idempotent through `delivery_id()`.
 */
export async function makeDeliveries(
  tx: postgres.TransactionSql,
  requests: Pick<CapturedRequest, 'id' | 'webhookId'>[],
): Promise<MadeDelivery[]> {
  return tx<MadeDelivery[]>`
    insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at)
    select delivery_id(r.id, d.id, ''), r.id, r.webhook_id, d.id,
      case when w.status = 'paused' then 'held' else 'pending' end, clock_timestamp()
    from unnest(${requests.map(({ id }) => id)}::uuid[], ${requests.map(({ webhookId }) => webhookId)}::uuid[])
      as r(id, webhook_id)
    join webhook w on w.id = r.webhook_id
    join destination d on d.webhook_id = w.id and d.enabled
    on conflict do nothing
    returning id, request_id as "requestId", webhook_id as "webhookId", destination_id as "destinationId", status`
}
