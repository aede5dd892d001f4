import type { Sql } from '@whook/drizzle'

interface SeedDeliveriesOptions {
  sql: Sql
  /** Webhooks with their destination. The deliveries alternate between them. */
  lanes: { webhookId: string; destinationId: string }[]
  rows: number
  /** Spread evenly over this many days up to now. */
  days: number
  chunkRows?: number
}

/**
 * Seeds ended deliveries inside PostgreSQL, oldest first. One in 1000 is dead; one in 50 was created today, like a
 * replay.
 */
export async function seedDeliveries({ sql, lanes, rows, days, chunkRows = 100_000 }: SeedDeliveriesOptions) {
  const endsAtMs = Date.now()
  const firstMs = endsAtMs - days * 86_400_000
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  await sql`select ensure_partitions(${day(firstMs)}::date, ${day(endsAtMs)}::date + 1)`
  const stepMs = (days * 86_400_000) / rows
  const [webhookIds, destinationIds] = [
    lanes.map(({ webhookId }) => webhookId),
    lanes.map(({ destinationId }) => destinationId),
  ]
  for (let done = 0; done < rows; done += chunkRows) {
    const size = Math.min(chunkRows, rows - done)
    await sql.begin(async (tx) => {
      await tx`set local synchronous_commit = off`
      await tx`
        insert into delivery (id, request_id, webhook_id, destination_id, status, attempts, last_status_code,
          last_duration_ms, last_outcome, created_at, finished_at)
        select delivery_id(request_id, destination_id, ''), request_id, webhook_id, destination_id,
          case when dead then 'dead' else 'delivered' end, 1, case when dead then 500 else 200 end, 12,
          case when dead then 'http-error' else 'delivered' end, at, at
        from (
          select i % 1000 = 0 as dead,
            (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid
              as request_id,
            (${webhookIds}::uuid[])[1 + i % ${lanes.length}::int] as webhook_id,
            (${destinationIds}::uuid[])[1 + i % ${lanes.length}::int] as destination_id,
            case when i % 50 = 0 then now() else to_timestamp(ms / 1000.0) end as at
          from (
            select i, (${firstMs}::float8 + i * ${stepMs}::float8)::bigint as ms
            from generate_series(${done}::bigint, ${done + size - 1}::bigint) as i
          ) as timed
        ) as planned`
    })
  }
  await sql`analyze delivery`
}
