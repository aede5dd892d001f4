import type { CapturedRequest } from '@whook/shared'
import { setImmediate } from 'node:timers/promises'
import { packHeaders } from '@whook/shared/server/raw-headers'
import type postgres from 'postgres'
import type { Sql } from '../client.js'
import { encodeRows } from './binary-rows.js'
import { bodyOf } from './body-of.js'
import { makeDeliveries, type MadeDelivery } from './make-deliveries.js'

export interface Batch {
  /** The api process that accepted it. */
  instanceId: string
  /** Consecutive per instance: a hole is a batch not stored yet, or lost. */
  number: number
  /** Numbers of this instance that were refused (answered 503) since the last batch: no hole after all. */
  refused: number[]
  requests: CapturedRequest[]
}

const columns = {
  id: 'uuid',
  webhook_id: 'uuid',
  method: 'text',
  path: 'text',
  query: 'text',
  headers: 'bytea',
  body: 'bytea',
  content_type: 'text',
  size: 'int4',
  event: 'text',
  remote_address: 'text',
  http_version: 'text',
  verification: 'text',
  verification_reason: 'text',
  received_at: 'timestamptz',
} as const

const copyStatement = `copy webhook_request (${Object.keys(columns).join(', ')}) from stdin (format binary)`

/**
 * Stores one accepted batch, its deliveries and its counts in one transaction. Safe to run any number of times, from
 * several processes at once: the batch's number is the judge. Answers the deliveries made, or undefined when the batch
 * was stored before. With `destinationIds` only those get deliveries.
 */
export function storeBatch(
  sql: Sql,
  batch: Batch,
  { destinationIds }: { destinationIds?: string[] } = {},
): Promise<MadeDelivery[] | undefined> {
  return sql.begin(async (tx) => {
    const [fresh] = await tx`
      insert into accepted_batch (instance_id, number, requests)
      select ${batch.instanceId}::uuid, ${batch.number}::int, ${batch.requests.length}::int
      where not exists (
        select from accepted_instance
        where instance_id = ${batch.instanceId}::uuid and contiguous_to >= ${batch.number}::int)
      on conflict do nothing returning number`
    if (!fresh) return undefined

    if (batch.refused.length > 0) await closeHoles(tx, batch)
    await copyRequests(tx, batch.requests)
    await countRequests(tx, batch.requests)
    return makeDeliveries(tx, batch.requests, destinationIds)
  })
}

const closeHoles = (tx: postgres.TransactionSql, { instanceId, refused }: Batch) => tx`
  insert into accepted_batch (instance_id, number, requests)
  select ${instanceId}::uuid, number, 0 from unnest(${refused}::int[]) as number
  on conflict do nothing`

/**
 * Ends the stream without waiting for PostgreSQL's word: postgres.js never tells a refused COPY. The next statement of
 * the transaction does, and fails with it.
 */
async function copyRequests(tx: postgres.TransactionSql, requests: CapturedRequest[]): Promise<void> {
  const bytes = encodeRows(Object.values(columns), requests.map(toRow))
  const stream = await tx.unsafe(copyStatement).writable()
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject)
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
  stream.end()
  await setImmediate()
}

function toRow(request: CapturedRequest) {
  const body = bodyOf(request)
  return [
    request.id,
    request.webhookId,
    request.method,
    request.path,
    request.query,
    packHeaders(request.headers),
    body,
    request.contentType,
    body.length,
    request.event,
    request.remoteAddress,
    request.httpVersion,
    request.verification,
    request.verificationReason,
    request.receivedAt,
  ]
}

async function countRequests(tx: postgres.TransactionSql, requests: CapturedRequest[]): Promise<void> {
  const counts = new Map<
    string,
    { webhook_id: string; minute: Date; stored: number; stored_bytes: number; last_request_at: Date }
  >()
  for (const { webhookId, receivedAt, size } of requests) {
    const minute = Math.floor(receivedAt / 60_000) * 60_000
    const key = `${webhookId}/${minute}`
    const row = counts.get(key) ?? {
      webhook_id: webhookId,
      minute: new Date(minute),
      stored: 0,
      stored_bytes: 0,
      last_request_at: new Date(receivedAt),
    }
    row.stored++
    row.stored_bytes += size
    if (receivedAt > row.last_request_at.getTime()) row.last_request_at = new Date(receivedAt)
    counts.set(key, row)
  }
  await tx`insert into webhook_delta ${tx([...counts.values()])}`
}
