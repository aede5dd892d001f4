import type { CapturedRequest } from '@whook/shared'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { deliveryKey } from '@whook/runtime/delivery-key'
import { packHeaders } from '@whook/runtime/raw-headers'
import type postgres from 'postgres'
import type { Sql } from '../../client.js'
import { encodeRows } from './binary-rows.js'
import { bodyOf } from './body-of.js'
import { enabledDestinations, makeDeliveries, type MadeDelivery } from '../delivery/make-deliveries.js'
import { noteLate } from './note-late.js'

export type { MadeDelivery }

export interface Batch {
  /** The api process that accepted the batch. */
  instanceId: string
  /** Consecutive per instance: a gap is a batch that is not stored yet, or lost. */
  number: number
  /** Numbers of this instance that were refused (answered 503) since the last batch. They do not count as gaps. */
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
  refused: 'bool',
  delivery_key: 'uuid',
  received_at: 'timestamptz',
} as const

const copyStatement = `copy webhook_request (${Object.keys(columns).join(', ')}) from stdin (format binary)`

/** Stores one accepted batch with `storeBatches`. `destinationIds` limits the destinations that get deliveries. */
export async function storeBatch(
  sql: Sql,
  batch: Batch,
  options: { destinationIds?: string[] } = {},
): Promise<MadeDelivery[] | undefined> {
  const [made] = await storeBatches(sql, [batch], options)
  return made
}

/**
 * Stores accepted batches, their deliveries and their counts in one transaction. Idempotent, also from several
 * processes at the same time: the number of a batch is unique. Returns the created deliveries of each batch, or
 * undefined for a batch that was stored before.
 */
export function storeBatches(
  sql: Sql,
  batches: readonly Batch[],
  { destinationIds }: { destinationIds?: string[] } = {},
): Promise<(MadeDelivery[] | undefined)[]> {
  return sql.begin(async (tx) => {
    // Pipeline independent statements: a round trip costs more than the statement. COPY is last, because statements
    // after it wait for its end.
    const [{ isFresh, now }, targets, copy] = await Promise.all([
      claimNumbers(tx, batches),
      enabledDestinations(
        tx,
        batches.flatMap((batch) => batch.requests),
      ).execute(),
      tx.unsafe(copyStatement).writable(),
    ])
    const fresh = batches.filter((_, index) => isFresh[index])
    const requests = fresh.flatMap((batch) => batch.requests)
    await writeRequests(copy, requests)
    if (fresh.length === 0) return batches.map(() => undefined)

    const [made] = await Promise.all([
      makeDeliveries(tx, requests, targets, { destinationIds, batches: fresh.length }),
      countRequests(tx, requests),
      keepPending(tx, requests),
      noteLate(tx, requests, now),
      closeHoles(tx, fresh),
    ])
    if (batches.length === 1) return [made]
    return batches.map((batch, index) => (isFresh[index] ? madeFor(batch, made) : undefined))
  })
}

/** Part of the same transaction, so that workers find requests that wait for a certificate after any downtime. */
async function keepPending(tx: postgres.TransactionSql, requests: CapturedRequest[]): Promise<void> {
  const ids = requests.flatMap(({ id, verification }) => (verification === 'pending' ? [id] : []))
  if (ids.length > 0) await tx`insert into pending_verification (request_id) select unnest(${ids}::uuid[])`
}

function madeFor({ requests }: Batch, made: readonly MadeDelivery[]): MadeDelivery[] {
  const ids = new Set(requests.map(({ id }) => id))
  return made.filter(({ requestId }) => ids.has(requestId))
}

/**
 * Inserts the batch numbers. Returns which batches were not stored before, and PostgreSQL's time in milliseconds.
 * Inserts in the order of the numbers, so that two processes cannot deadlock.
 */
async function claimNumbers(tx: postgres.TransactionSql, batches: readonly Batch[]) {
  const rows = await tx<{ instanceId: string; number: number; now: number }[]>`
    insert into accepted_batch (instance_id, number, requests)
    select b.instance_id, b.number, b.requests
    from unnest(${batches.map(({ instanceId }) => instanceId)}::uuid[], ${batches.map(({ number }) => number)}::int[],
                ${batches.map(({ requests }) => requests.length)}::int[]) as b(instance_id, number, requests)
    where not exists (
        select from accepted_instance a where a.instance_id = b.instance_id and a.contiguous_to >= b.number)
      or exists (select from missing_batch m where m.instance_id = b.instance_id and m.number = b.number)
    order by b.instance_id, b.number
    on conflict do nothing returning instance_id as "instanceId", number,
      (extract(epoch from now()) * 1000)::float8 as now`
  const claimed = new Set(rows.map(({ instanceId, number }) => `${instanceId}/${number}`))
  // `batches` may contain a batch twice. Only the first one is stored.
  const isFresh = batches.map(({ instanceId, number }) => claimed.delete(`${instanceId}/${number}`))
  return { isFresh, now: rows[0]?.now ?? 0 }
}

async function closeHoles(tx: postgres.TransactionSql, batches: readonly Batch[]): Promise<void> {
  const holes = batches.flatMap(({ instanceId, refused }) =>
    refused.map((number) => ({ instanceId, number })),
  )
  if (holes.length === 0) return
  await tx`
    insert into accepted_batch (instance_id, number, requests)
    select h.instance_id, h.number, 0
    from unnest(${holes.map(({ instanceId }) => instanceId)}::uuid[], ${holes.map(({ number }) => number)}::int[])
      as h(instance_id, number)
    order by 1, 2
    on conflict do nothing`
}

/**
 * Ends the stream without waiting for PostgreSQL: postgres.js does not report a failed COPY. The next statement of the
 * transaction then fails.
 */
async function writeRequests(copy: Writable, requests: CapturedRequest[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    copy.once('error', reject)
    try {
      const bytes = encodeRows(Object.values(columns), requests.map(toRow))
      copy.write(bytes, (error) => (error ? reject(error) : resolve()))
    } catch (error) {
      // While the COPY is open, PostgreSQL accepts no other statement on this connection, not even a rollback.
      copy.destroy(error as Error)
    }
  })
  copy.end()
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
    request.refused ?? false,
    deliveryKey(request.webhookId, request.headers, request.text),
    request.receivedAt,
  ]
}

async function countRequests(tx: postgres.TransactionSql, requests: CapturedRequest[]): Promise<void> {
  const counts = new Map<
    string,
    { webhookId: string; minute: number; stored: number; bytes: number; last: number }
  >()
  for (const { webhookId, receivedAt, size } of requests) {
    const minute = Math.floor(receivedAt / 60_000) * 60_000
    const key = `${webhookId}/${minute}`
    const row = counts.get(key)
    if (!row) {
      counts.set(key, { webhookId, minute, stored: 1, bytes: size, last: receivedAt })
      continue
    }
    row.stored++
    row.bytes += size
    row.last = Math.max(row.last, receivedAt)
  }
  const rows = [...counts.values()]
  await tx`
    insert into webhook_delta (webhook_id, minute, stored, stored_bytes, last_request_at)
    select webhook_id, to_timestamp(minute / 1000), stored, stored_bytes, to_timestamp(last / 1000)
    from unnest(${rows.map(({ webhookId }) => webhookId)}::uuid[], ${rows.map(({ minute }) => minute)}::float8[],
                ${rows.map(({ stored }) => stored)}::int[], ${rows.map(({ bytes }) => bytes)}::bigint[],
                ${rows.map(({ last }) => last)}::float8[]) as c(webhook_id, minute, stored, stored_bytes, last)`
}
