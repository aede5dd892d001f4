import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Random } from '../kill/random.js'
import { startPace } from '../load/pace.js'
import type { Product } from '@whook/testing/product/start-product'
import type { SoakWebhook } from './make-webhooks.js'

interface VisitOptions {
  product: Pick<Product, 'call' | 'ports' | 'authorization'>
  webhooks: SoakWebhook[]
  perSecond: number
  random: Random
}

interface ItemPage {
  items: { id: string }[]
}

/** Simulates users and scripts: they read, change some settings, and open and close the dashboard. */
export function startVisits({ product, webhooks, perSecond, random }: VisitOptions) {
  const { call, ports, authorization } = product
  const failures: string[] = []
  let visits = 0
  const api = <T>(method: string, path: string, body?: unknown) => call<T>(method, `/api/v1${path}`, body)

  async function aRequest(webhook: SoakWebhook): Promise<string | undefined> {
    const { items } = await api<ItemPage>('GET', `/webhooks/${webhook.id}/requests?limit=20`)
    return items.length > 0 ? random.pick(items).id : undefined
  }
  async function watchForAWhile() {
    const url = `ws://localhost:${random.pick(ports)}/ws`
    const socket = new WebSocket(url, { headers: { authorization } })
    await once(socket, 'open')
    await sleep(2000)
    socket.close()
    await once(socket, 'close')
  }
  const acts: [number, (webhook: SoakWebhook) => Promise<unknown>][] = [
    [10, () => api('GET', '/webhooks')],
    [20, (webhook) => api('GET', `/webhooks/${webhook.id}/requests?limit=50`)],
    [10, (webhook) => api('GET', `/webhooks/${webhook.id}/requests?method=GET&limit=50`)],
    [10, (webhook) => api('GET', `/deliveries?webhookId=${webhook.id}&limit=50`)],
    [5, () => api('GET', '/stats?range=1h')],
    [5, (webhook) => api('GET', `/webhooks/${webhook.id}/stats?range=24h`)],
    [10, watchForAWhile],
    [
      20,
      async (webhook) => {
        const id = await aRequest(webhook)
        if (!id) return
        await api('GET', `/requests/${id}`)
        await api('GET', `/requests/${id}/deliveries`)
      },
    ],
    [
      5,
      async (webhook) => {
        const id = await aRequest(webhook)
        if (id) await api('POST', `/requests/${id}/replay`, {})
      },
    ],
    [
      3,
      async (webhook) => {
        const id = await aRequest(webhook)
        if (id) await api('DELETE', `/requests/${id}`)
      },
    ],
    [
      2,
      async ({ destinationIds }) => {
        const destination = random.pick(destinationIds)
        await api('PATCH', `/destinations/${destination}`, { timeoutMs: random.pick([2000, 2500]) })
      },
    ],
    [
      2,
      async (webhook) => {
        const script = 'function transform(data) { console.log(1); return { ...data, tried: true } }'
        const requestId = await aRequest(webhook)
        if (requestId) await api('POST', `/webhooks/${webhook.id}/transformation/test`, { script, requestId })
      },
    ],
  ]
  const total = acts.reduce((sum, [weight]) => sum + weight, 0)

  const pace = startPace({
    perSecond,
    atOnce: 15,
    async send() {
      let left = random.between(0, total)
      const [, act] = acts.find(([weight]) => (left -= weight) < 0)!
      visits++
      await act(random.pick(webhooks)).catch((error: Error) => {
        // Another visit deleted the request in the meantime.
        if (!error.message.includes('request-not-found')) failures.push(error.message)
      })
    },
  })
  return {
    get visits() {
      return visits
    },
    failures,
    stop: pace.stop,
  }
}
