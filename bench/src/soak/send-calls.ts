import { Agent, request } from 'undici'
import type { Random } from '../kill/random.js'
import { startPace } from '../load/pace.js'
import { anyCall } from './calls.js'
import type { SoakWebhook } from './make-webhooks.js'

interface Options {
  ports: number[]
  webhooks: SoakWebhook[]
  perSecond: number
  random: Random
}

/** Of the calls, sent where there is no webhook. */
const wrongSlugs = 0.03

/** Senders of all kinds, at a steady rate. Answers of `stop`: how often each status was the answer; 0 counts the unanswered. */
export function sendCalls({ ports, webhooks, perSecond, random }: Options) {
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
        // Nobody is killed here: each one of these is told of.
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
