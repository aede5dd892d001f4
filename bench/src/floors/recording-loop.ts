import type { Sql } from '@whook/drizzle'
import { newId } from '@whook/runtime/ids'
import { newSigningSecret, signStandardWebhook } from '@whook/runtime/outbound/sign'
import { Agent, request } from 'undici'

interface RecordingLoopOptions {
  sql: Sql
  port: number
  body: Buffer
  concurrency: number
  /** Number of deliveries, stored before the measurement. */
  count: number
  batch?: number
}

interface BenchDelivery {
  id: string
  body: Buffer
}

/**
 * F6: the minimal loop that sends stored requests and records the results. One process reads the next 100 rows, signs
 * and posts them, appends their attempts and updates their rows. Three such batches overlap. No claim, guard, policy,
 * limit or retry. Resolves to deliveries per second.
 */
export async function recordingLoop(options: RecordingLoopOptions): Promise<number> {
  const { sql, port, body, concurrency, count, batch = 100 } = options
  await makeTables(sql, body, count)
  const agent = new Agent({ connections: concurrency })
  const url = `http://127.0.0.1:${port}/`
  const secrets = [newSigningSecret()]

  async function post({ id, body }: BenchDelivery) {
    const startedAt = Date.now()
    const timestamp = Math.floor(startedAt / 1000)
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signStandardWebhook({ id, timestamp, body }, secrets),
    }
    const answer = await request(url, { method: 'POST', body, dispatcher: agent, headers })
    const answered = Buffer.from(await answer.body.arrayBuffer())
    const { statusCode } = answer
    return {
      id,
      statusCode,
      tookMs: Date.now() - startedAt,
      sent: headers,
      heard: answer.headers,
      answered: answered.toString('hex'),
    }
  }

  let last = '00000000-0000-0000-0000-000000000000'
  let reading: Promise<unknown> = Promise.resolve()
  const next = () => {
    const rows = reading.then(async () => {
      const found = await sql<BenchDelivery[]>`
        select id, body from bench_delivery where status = 'pending' and id > ${last}::uuid order by id limit ${batch}`
      last = found.at(-1)?.id ?? last
      return [...found]
    })
    reading = rows
    return rows
  }
  const run = async () => {
    for (let rows = await next(); rows.length > 0; rows = await next())
      await record(sql, await Promise.all(rows.map(post)))
  }

  const startedAt = performance.now()
  await Promise.all([run(), run(), run()])
  const seconds = (performance.now() - startedAt) / 1000
  await agent.close()
  await sql`drop table bench_delivery, bench_attempt`
  return count / seconds
}

interface PostResult {
  id: string
  statusCode: number
  tookMs: number
  sent: object
  heard: object
  answered: string
}

const record = (sql: Sql, results: PostResult[]) => sql`
  with result as materialized (
    select * from json_to_recordset(${JSON.stringify(results)}::text::json) as r (
      id uuid, "statusCode" int, "tookMs" int, sent jsonb, heard jsonb, answered text)
  ), logged as (
    insert into bench_attempt select id, 1, "tookMs", "statusCode", sent, heard, decode(answered, 'hex') from result
  )
  update bench_delivery d set status = 'delivered' from result r where d.id = r.id and d.status = 'pending'`

async function makeTables(sql: Sql, body: Buffer, count: number) {
  await sql`drop table if exists bench_delivery, bench_attempt`
  await sql`create table bench_delivery (id uuid primary key, status text not null, body bytea not null)`
  await sql`create index on bench_delivery (id) where status = 'pending'`
  await sql`create table bench_attempt (delivery_id uuid, number int, took_ms int, status_code int, request_headers jsonb,
    response_headers jsonb, response_body bytea, primary key (delivery_id, number))`
  for (let made = 0; made < count; made += 1000) {
    const ids = Array.from({ length: Math.min(1000, count - made) }, newId)
    await sql`insert into bench_delivery select unnest(${ids}::uuid[]), 'pending', ${body}::bytea`
  }
  await sql`vacuum analyze bench_delivery`
}
