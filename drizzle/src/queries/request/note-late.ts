import type { CapturedRequest } from '@whook/shared'
import type postgres from 'postgres'

/**
 * Requests stored more seconds than this after their receipt are recorded as late: clients may already have listed
 * newer ones.
 */
export const lateAfterSeconds = 5

/** Records late requests in the transaction that stores them. `now` is PostgreSQL's time in milliseconds. */
export async function noteLate(
  tx: postgres.TransactionSql,
  requests: readonly Pick<CapturedRequest, 'id' | 'webhookId' | 'receivedAt'>[],
  now: number,
): Promise<void> {
  const late = requests.filter(({ receivedAt }) => receivedAt < now - lateAfterSeconds * 1000)
  if (late.length === 0) return
  await tx`
    insert into late_request (webhook_id, request_id)
    select * from unnest(${late.map(({ webhookId }) => webhookId)}::uuid[], ${late.map(({ id }) => id)}::uuid[])
    on conflict do nothing`
}
