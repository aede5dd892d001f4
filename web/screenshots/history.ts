import { connect } from '@whook/drizzle/client'
import { startEmbeddedPostgres } from '@whook/launcher/embedded/embedded-postgres'
import { latencyBuckets } from '@whook/runtime/latency-buckets'

export interface Past {
  webhookId: string
  perMinute: number
  destinations: { id: string; share: number; failing: number; medianMs: number }[]
}

const minuteMs = 60_000
const pastMinutes = 48 * 60

/** Inserts the counters of the last two days directly into the database. */
export async function seedHistory(dataDir: string, past: Past[]) {
  const { url } = await startEmbeddedPostgres({ dataDir })
  const { sql, close } = connect(url, { poolSize: 1, name: 'pictures' })
  const random = createRandom(7)
  const now = Math.floor(Date.now() / minuteMs) * minuteMs
  try {
    for (const { webhookId, perMinute, destinations } of past) {
      const minutes = Array.from({ length: pastMinutes }, (_, ago) => {
        const at = now - (pastMinutes - ago) * minuteMs
        return { at: new Date(at), requests: poisson(perMinute * tide(at), random) }
      })
      const stored = minutes.reduce((sum, { requests }) => sum + requests, 0)
      await sql`insert into webhook_minute ${sql(
        minutes.map(({ at, requests }) => ({ webhook_id: webhookId, minute: at, requests })),
      )}`
      await sql`
        insert into webhook_counter (webhook_id, stored, stored_bytes, last_request_at)
        values (${webhookId}, ${stored}, ${stored * 900}, now() - interval '23 minutes')
        on conflict (webhook_id) do update set stored = webhook_counter.stored + excluded.stored,
          stored_bytes = webhook_counter.stored_bytes + excluded.stored_bytes`
      for (const { id, share, failing, medianMs } of destinations) {
        const rows = minutes
          .map(({ at, requests }) => {
            const delivered = Math.round(requests * share)
            const failed = poisson(delivered * failing * trouble(at.getTime(), now), random)
            const latency = histogram(delivered + failed, medianMs, random)
            return { destination_id: id, minute: at, delivered, failed, latency }
          })
          .filter(({ delivered }) => delivered > 0)
        await sql`insert into destination_minute ${sql(rows)}`
        const delivered = rows.reduce((sum, row) => sum + row.delivered, 0)
        const counts = { delivered, filtered: stored - delivered }
        for (const [status, count] of Object.entries(counts))
          await sql`
            insert into delivery_counter (webhook_id, status, count) values (${webhookId}, ${status}, ${count})
            on conflict (webhook_id, status) do update set count = delivery_counter.count + excluded.count`
      }
    }
  } finally {
    await close()
  }
}

/** Share of the traffic by hour: high by day, low at night. */
function tide(at: number) {
  const date = new Date(at)
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60
  return 0.3 + 0.7 * Math.max(0, Math.sin((Math.PI * (hour - 5)) / 15)) ** 1.5
}

/** Failure factor: high for 45 minutes about six hours ago, otherwise 1. */
function trouble(at: number, now: number) {
  const agoMinutes = (now - at) / minuteMs
  return agoMinutes > 330 && agoMinutes < 375 ? 14 : 1
}

function histogram(count: number, medianMs: number, random: () => number) {
  const buckets = Array.from({ length: latencyBuckets.length + 1 }, () => 0)
  for (let n = 0; n < count; n++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const ms = medianMs * Math.exp(normal * 0.6)
    const bucket = latencyBuckets.findIndex((bound) => ms <= bound)
    buckets[bucket < 0 ? latencyBuckets.length : bucket]!++
  }
  return buckets
}

function poisson(mean: number, random: () => number) {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}

/** A seeded random generator, for the same pictures in each run. */
function createRandom(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
