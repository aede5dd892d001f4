import { Agent, request } from 'undici'
import type { Random } from '../kill/random.js'
import { startPace } from '../load/pace.js'
import { anyCall } from './calls.js'
import type { SoakWebhook } from './make-webhooks.js'

interface SendCallsOptions {
  ports: number[]
  webhooks: SoakWebhook[]
  perSecond: number
  random: Random
}

/** Share of the requests that are sent to an unknown slug. */
const wrongSlugs = 0.03

/** Sends requests of all kinds at a steady rate. `statuses` counts the responses by status; 0 means no response. */
export function sendCalls({ ports, webhooks, perSecond, random }: SendCallsOptions) {
  const statuses = new Map<string, number>()
  const agent = new Agent({ connections: 32, headersTimeout: 30_000, bodyTimeout: 30_000 })
  const count = (answer: string) => statuses.set(answer, (statuses.get(answer) ?? 0) + 1)

  const pace = startPace({
    perSecond,
    atOnce: 200,
    async send(number) {
      const { method, target, contentType, encoding, body } = anyCall(random)
      const wrong = random.next() < wrongSlugs
      const slug = wrong ? `wh_${'0'.repeat(22)}` : pickByShare(webhooks, random).slug
      try {
        const answer = await request(`http://127.0.0.1:${ports[number % ports.length]}/${slug}${target}`, {
          method,
          body,
          dispatcher: agent,
          headers: {
            ...(contentType && { 'content-type': contentType }),
            ...(encoding && { 'content-encoding': encoding }),
          },
        })
        await answer.body.dump()
        count(`${answer.statusCode}${wrong ? ' to a wrong slug' : ''}`)
      } catch {
        // No process is killed in a soak: each missing response is reported.
        count('0')
      }
    },
  })
  return {
    statuses,
    async stop() {
      await pace.stop()
      await agent.close()
    },
  }
}

function pickByShare(webhooks: SoakWebhook[], random: Random): SoakWebhook {
  let left = random.next()
  for (const webhook of webhooks) {
    left -= webhook.share
    if (left < 0) return webhook
  }
  return webhooks[0]!
}
