import type { Product } from '@whook/testing/product/start-product'
import { freePort } from '@whook/testing/product/start-redis'

/** Seconds after which undeliverable deliveries are given up. The backlog of a dead destination is stable by then. */
export const maxAgeSeconds = 60

const script = `function transform(data, request) {
  if (data === undefined) return request.body
  console.log(request.method, Object.keys(data).length)
  return { ...data, seen: true }
}`
const retry = {
  strategy: 'list',
  delaysSeconds: [2, 5, 10],
  attemptsMax: 4,
  maxAgeSeconds,
  jitter: 0.2,
}

export interface SoakWebhook {
  id: string
  slug: string
  /** Share of the requests. */
  share: number
  destinationIds: string[]
}

/** Creates three webhooks: most requests have healthy destinations, some a slow one, some only broken ones. */
export async function makeWebhooks(call: Product['call'], receivers: number): Promise<SoakWebhook[]> {
  async function webhook(name: string, share: number, destinations: Record<string, object>) {
    const { id, slug } = await call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', { name })
    const destinationIds: string[] = []
    for (const [path, extra] of Object.entries(destinations)) {
      const body = {
        name: path,
        url: `http://127.0.0.1:${receivers}/${path}`,
        timeoutMs: 2000,
        retry,
        limits: { concurrency: 50 },
        ...extra,
      }
      const created = await call<{ id: string }>('POST', `/api/v1/webhooks/${id}/destinations`, body)
      destinationIds.push(created.id)
    }
    return { id, slug, share, destinationIds }
  }
  return [
    await webhook('Busy', 0.75, {
      healthy: { script },
      filtered: {
        filter: {
          and: [
            { field: 'method', equals: 'POST' },
            { field: 'body.number', gte: 50 },
          ],
        },
      },
    }),
    await webhook('Slow', 0.1, { slow: {} }),
    await webhook('Troubled', 0.15, {
      broken: {},
      busy: {},
      hanging: {},
      reset: {},
      closed: { url: `http://127.0.0.1:${await freePort()}/closed` },
    }),
  ]
}
