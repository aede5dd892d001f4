import type { Sql } from '@whook/drizzle'

interface SeedRequestsOptions {
  sql: Sql
  webhookId: string
  rows: number
  /** Spread evenly over this many days up to `endsAtMs` (default: now). */
  days: number
  endsAtMs?: number
  chunkRows?: number
  onProgress?: (done: number) => void
}

/**
 * Seeds stored requests inside PostgreSQL, oldest first, with all indexes: ten million take minutes, not hours.
 * Updates the counters too, so that the ledger stays correct.
 */
export async function seedRequests({
  sql,
  webhookId,
  rows,
  days,
  endsAtMs = Date.now(),
  chunkRows = 100_000,
  onProgress,
}: SeedRequestsOptions) {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const firstMs = endsAtMs - days * 86_400_000
  await sql`select ensure_partitions(${day(firstMs)}::date, ${day(endsAtMs)}::date + 1)`
  const stepMs = (days * 86_400_000) / rows
  for (let done = 0; done < rows; done += chunkRows) {
    const size = Math.min(chunkRows, rows - done)
    await sql.begin(async (tx) => {
      await tx`set local synchronous_commit = off`
      await tx`
        insert into webhook_request (id, webhook_id, method, path, query, headers, body, content_type, size, event,
          remote_address, http_version, verification, received_at)
        select (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
          ${webhookId}::uuid,
          case when i % 1000 = 0 then 'DELETE' when i % 50 = 0 then 'PUT' else 'POST' end,
          '/orders/' || i, '', 'content-type:application/json'::bytea || '\\x0a'::bytea,
          convert_to('{"id":"evt_' || i || '","type":"order.created","amount":' || i % 10000 || '}', 'UTF8'),
          'application/json', 60, 'order.created', '192.0.2.7', '1.1', 'unconfigured', to_timestamp(ms / 1000.0)
        from (
          select i, (${firstMs}::float8 + i * ${stepMs}::float8)::bigint as ms
          from generate_series(${done}::bigint, ${done + size - 1}::bigint) as i
        ) as planned`
      await tx`
        insert into webhook_delta (webhook_id, minute, stored, stored_bytes, last_request_at)
        values (${webhookId}, date_trunc('minute', now()), ${size}, ${size * 60}, now())`
    })
    onProgress?.(done + size)
  }
  await sql`analyze webhook_request`
}
