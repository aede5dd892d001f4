import type { Sql } from '@whook/drizzle'
import { newId } from '@whook/runtime/ids'

interface InsertLoopOptions {
  sql: Sql
  body: Buffer
  seconds: number
  rowsPerInsert?: number
  loops?: number
}

/**
 * F4: bare multi-row inserts of the same rows with postgres.js into a separate table. Resolves to rows per second.
 */
export async function insertLoop({
  sql,
  body,
  seconds,
  rowsPerInsert = 100,
  loops = 2,
}: InsertLoopOptions): Promise<number> {
  await sql`create table if not exists bench_floor (
    id uuid primary key, webhook_id uuid not null, method text not null, path text not null, query text not null,
    headers bytea not null, body bytea not null, received_at timestamptz not null)`
  await sql`truncate bench_floor`
  const headers = Buffer.from('content-type:application/json\nuser-agent:whook-bench\n')
  const webhookId = newId()
  const endsAt = performance.now() + seconds * 1000
  let rows = 0
  const run = async () => {
    while (performance.now() < endsAt) {
      const batch = Array.from({ length: rowsPerInsert }, () => ({
        id: newId(),
        webhook_id: webhookId,
        method: 'POST',
        path: '/',
        query: '',
        headers,
        body,
        received_at: new Date(),
      }))
      await sql`insert into bench_floor ${sql(batch)}`
      rows += rowsPerInsert
    }
  }
  await Promise.all(Array.from({ length: loops }, run))
  await sql`drop table bench_floor`
  return rows / seconds
}
