import type { CapturedRequest, HeaderPairs } from '@whook/shared'
import type postgres from 'postgres'
import { createDecider, filterReason, type DecidingTarget, type Decision } from './decide-deliveries.js'
import { bodyOf } from '../request/body-of.js'

export interface MadeDelivery {
  id: string
  requestId: string
  webhookId: string
  destinationId: string
  status: 'pending' | 'held' | 'filtered'
}

type RequestToDeliver = Omit<CapturedRequest, 'receivedAt'>

/** Step budget of all filters for one batch: about 15 ms, or 300 evaluations of a 2 KB body. */
const filterStepsPerBatch = 10_000_000

/**
 * Creates one delivery per request and enabled destination, in the transaction that stores the requests. So a stored
 * request always has its deliveries. `targets` are the `enabledDestinations` of the requests. A delivery is created as
 * `filtered` when the filter drops the request. It is created as `held` when the webhook is not active, or when the
 * signature check failed or is pending. Idempotent through `delivery_id()`.
 */
export async function makeDeliveries(
  tx: postgres.TransactionSql,
  requests: RequestToDeliver[],
  targets: readonly Target[],
  { destinationIds = null, batches = 1 }: { destinationIds?: string[] | null; batches?: number } = {},
): Promise<MadeDelivery[]> {
  const delivered = requests.filter(({ undelivered }) => !undelivered)
  if (targets.length === 0 || delivered.length === 0) return []
  const chosen = destinationIds ? targets.filter(({ id }) => destinationIds.includes(id)) : targets
  const decided = await decideAll(chosen, delivered, filterStepsPerBatch * batches)
  return tx<MadeDelivery[]>`
    insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at, ordering_value, held_for,
      held_ordering_value, reason, filter_failure, finished_at)
    select delivery_id(r.id, d.id, ''), r.id, r.webhook_id, d.id,
      case when o.failure is not null then 'filtered' when h.held_for is not null or w.status <> 'active' then 'held'
        else 'pending' end,
      case when o.failure is null then case when h.held_for is null then now() else 'infinity' end end,
      case when h.held_for = 'verification-failed' then null else o.value end,
      case when o.failure is null then h.held_for end,
      case when h.held_for = 'verification-failed' then o.value end,
      case when o.failure is not null then ${filterReason} when h.held_for = 'verification-failed' then
        ${heldReason} end,
      o.failure::jsonb, case when o.failure is not null then now() end
    from unnest(${delivered.map(({ id }) => id)}::uuid[], ${delivered.map(({ webhookId }) => webhookId)}::uuid[],
                ${delivered.map(({ verification }) => verification)}::text[]) as r(id, webhook_id, verification)
    join webhook w on w.id = r.webhook_id
    join destination d on d.webhook_id = w.id and d.enabled
      and (${destinationIds}::uuid[] is null or d.id = any(${destinationIds}::uuid[]))
    cross join lateral (select case
      when w.on_verification_failure = 'deliver' then null
      when r.verification = 'failed' then 'verification-failed'
      when r.verification = 'pending' then 'verification-pending' end as held_for) as h
    left join unnest(${decided.map(({ requestId }) => requestId)}::uuid[],
                     ${decided.map(({ destinationId }) => destinationId)}::uuid[],
                     ${decided.map(({ orderingValue }) => orderingValue)}::text[],
                     ${decided.map(({ failure }) => failure && JSON.stringify(failure))}::text[])
      as o(request_id, destination_id, value, failure)
      on o.request_id = r.id and o.destination_id = d.id
    on conflict do nothing
    returning id, request_id as "requestId", webhook_id as "webhookId", destination_id as "destinationId", status`
}

/** Reason of a held delivery whose request failed its signature check. */
export const heldReason = 'Held: the signature check of its request failed'

export interface Target extends DecidingTarget {
  id: string
  webhookId: string
}

export const enabledDestinations = (
  tx: postgres.TransactionSql,
  requests: Pick<RequestToDeliver, 'webhookId'>[],
) => tx<Target[]>`
  select id, webhook_id as "webhookId", ordering_key as "orderingKey", filter::text as filter from destination
  where webhook_id = any(${[...new Set(requests.map(({ webhookId }) => webhookId))]}::uuid[]) and enabled`

/** Evaluates ordering keys and filters. Requests are parsed only when a destination has one of them. */
async function decideAll(targets: readonly Target[], requests: RequestToDeliver[], stepsMax: number) {
  const deciding = new Map<string, Target[]>()
  for (const target of targets) {
    if (target.orderingKey === null && target.filter === null) continue
    const ofWebhook = deciding.get(target.webhookId)
    if (ofWebhook) ofWebhook.push(target)
    else deciding.set(target.webhookId, [target])
  }
  if (deciding.size === 0) return []
  const decide = createDecider(stepsMax)
  const decided: (Decision & { requestId: string; destinationId: string })[] = []
  for (const request of requests) {
    const ofRequest = deciding.get(request.webhookId)
    if (!ofRequest) continue
    const decisions = await decide(ofRequest, request.size, () => ({
      ...request,
      headers: pairs(request.headers),
      body: bodyOf(request),
    }))
    decisions.forEach((decision, index) => {
      if (decision.orderingValue === null && decision.failure === null) return
      decided.push({ ...decision, requestId: request.id, destinationId: ofRequest[index]!.id })
    })
  }
  return decided
}

const pairs = (flat: string[]): HeaderPairs =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!]] : []))
