import { once } from 'node:events'
import { createTestDatabase } from '@whook/testing/test-database'
import type { DeliveryWithAttempts } from '@whook/shared'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { createSink } from '@whook/testing/sink'
import { readMetric } from '@whook/testing/product/read-metric'
import { startProduct } from '@whook/testing/product/start-product'

const takenOverMs = 30_000

it(
  'repeats an attempt on another worker within 30 s when a worker is killed',
  { timeout: 240_000 },
  async () => {
    const database = await createTestDatabase()
    onTestFinished(database.drop)
    const env = { LOG_LEVEL: 'fatal' }
    const product = await startProduct({ databaseUrl: database.url, workers: 2, env })
    onTestFinished(product.stop)
    // The sink does not answer the first delivery, only the second.
    const sink = await createSink((_, response) => void (sink.seen.length > 1 && response.end('ok')))
    onTestFinished(sink.close)
    const webhook = await product.call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', {
      name: 'x',
    })
    await product.call('POST', `/api/v1/webhooks/${webhook.id}/destinations`, {
      name: 'sink',
      url: sink.url,
      timeoutMs: 60_000,
      // A retry after an hour: an earlier attempt is not caused by the retry policy.
      retry: { strategy: 'list', delaysSeconds: [3600] },
    })

    const body = '{"in":"hand"}'
    const answer = await request(`http://127.0.0.1:${product.ports[0]}/${webhook.slug}`, {
      method: 'POST',
      body,
    })
    expect(answer.statusCode).toBe(202)
    await answer.body.dump()
    await expect.poll(() => sink.seen.length, { timeout: 30_000 }).toBe(1)
    const inFlight = () => Promise.all(product.metricsPorts.map(attemptsInFlight))
    await expect.poll(inFlight, { timeout: 30_000 }).toContain(1)
    const victim = product.workers[(await inFlight()).indexOf(1)]!

    const id = String(sink.seen[0]!.headers['webhook-id'])
    const look = () => product.call<DeliveryWithAttempts>('GET', `/api/v1/deliveries/${id}`)
    const seen = [await look()]
    expect(seen[0]).toMatchObject({ status: 'delivering', attemptCount: 0, attempts: [] })
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    const killedAt = performance.now()

    while (seen.at(-1)!.status !== 'delivered' && performance.now() - killedAt < 2 * takenOverMs) {
      seen.push(await look())
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(sink.seen).toHaveLength(2)
    expect(sink.seen[1]!.at - killedAt).toBeLessThan(takenOverMs)
    expect(sink.seen.map(({ headers }) => headers['webhook-id'])).toEqual([id, id])
    expect(sink.seen.map(({ headers }) => headers['x-whook-attempt'])).toEqual(['1', '2'])
    expect(sink.seen.map((call) => call.body.toString())).toEqual([body, body])

    expect(seen.at(-1)).toMatchObject({
      status: 'delivered',
      attemptCount: 2,
      attempts: [
        { number: 1, outcome: 'crashed', error: 'The worker stopped before it recorded the result' },
        { number: 2, outcome: 'delivered', statusCode: 200 },
      ],
    })
    // The attempt count never decreases, and the status is never pending or final in between.
    const counts = seen.map(({ attemptCount }) => attemptCount)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    const between = new Set(seen.slice(0, -1).map(({ status }) => status))
    expect([...between].filter((status) => status !== 'delivering' && status !== 'retrying')).toEqual([])
    const { ledger } = await product.call<{ ledger: object }>('GET', `/api/v1/webhooks/${webhook.id}/stats`)
    expect(ledger).toMatchObject({ accepted: 1, stored: 1, delivered: 1, pending: 0, unaccounted: 0 })
  },
)

async function attemptsInFlight(metricsPort: number): Promise<number | undefined> {
  const answer = await fetch(`http://localhost:${metricsPort}/metrics`)
  return readMetric(await answer.text(), 'whook_deliveries_in_flight')
}
