import type { CapturedRequest, HeaderPairs } from '@whook/shared'
import type postgres from 'postgres'
import { orderingValue } from '../deliveries/ordering-value.js'
import { bodyOf } from './body-of.js'

export interface MadeDelivery {
  id: string
  requestId: string
  webhookId: string
  destinationId: string
  status: 'pending' | 'held'
}

type RequestToDeliver = Omit<CapturedRequest, 'receivedAt'>

/**
 * One delivery per request and enabled destination, inside the transaction that stores the requests: there is no moment
 * at which a stored request lacks them. `targets` are their `enabledDestinations`. Held while the webhook is not active.
 * Idempotent through `delivery_id()`.
 */
export async function makeDeliveries(
  tx: postgres.TransactionSql,
  requests: RequestToDeliver[],
  targets: readonly Target[],
  destinationIds: string[] | null = null,
): Promise<MadeDelivery[]> {
  if (targets.length === 0) return []
  const turns = await orderingTurns(targets, requests)
  return tx<MadeDelivery[]>`
    insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at, ordering_value)
    select delivery_id(r.id, d.id, ''), r.id, r.webhook_id, d.id,
      case when w.status = 'active' then 'pending' else 'held' end, now(), o.value
    from unnest(${requests.map(({ id }) => id)}::uuid[], ${requests.map(({ webhookId }) => webhookId)}::uuid[])
      as r(id, webhook_id)
    join webhook w on w.id = r.webhook_id
    join destination d on d.webhook_id = w.id and d.enabled
      and (${destinationIds}::uuid[] is null or d.id = any(${destinationIds}::uuid[]))
    left join unnest(${turns.map((turn) => turn.requestId)}::uuid[],
                     ${turns.map((turn) => turn.destinationId)}::uuid[],
                     ${turns.map((turn) => turn.value)}::text[]) as o(request_id, destination_id, value)
      on o.request_id = r.id and o.destination_id = d.id
    on conflict do nothing
    returning id, request_id as "requestId", webhook_id as "webhookId", destination_id as "destinationId", status`
}

export interface Target {
  id: string
  webhookId: string
  orderingKey: string | null
}

export const enabledDestinations = (
  tx: postgres.TransactionSql,
  requests: Pick<RequestToDeliver, 'webhookId'>[],
) => tx<Target[]>`
  select id, webhook_id as "webhookId", ordering_key as "orderingKey" from destination
  where webhook_id = any(${[...new Set(requests.map(({ webhookId }) => webhookId))]}::uuid[]) and enabled`

/** Values of the ordering keys; nothing is parsed for webhooks whose destinations have none. */
async function orderingTurns(targets: readonly Target[], requests: RequestToDeliver[]) {
  const turns: { requestId: string; destinationId: string; value: string | null }[] = []
  for (const { id: destinationId, webhookId, orderingKey } of targets) {
    if (orderingKey === null) continue
    for (const request of requests) {
      if (request.webhookId !== webhookId) continue
      const parsed = { ...request, headers: pairs(request.headers), body: bodyOf(request) }
      turns.push({ requestId: request.id, destinationId, value: await orderingValue(orderingKey, parsed) })
    }
  }
  return turns
}

const pairs = (flat: string[]): HeaderPairs =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!]] : []))
