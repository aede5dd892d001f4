import { Agent, request } from 'undici'
import { startPace } from '../load/pace.js'

interface SenderOptions {
  /** One per api process, used in turn as behind a load balancer. */
  ports: number[]
  path: string
  perSecond: number
  /** Number of values of the `lane` field, the ordering key. Each sends its next request after the last response. */
  lanes: number
}

/** The view of the senders: the response to each nonce. */
export interface SenderLog {
  /** Time of each 202 response, in milliseconds of the monotonic clock. */
  acknowledged: Map<string, number>
  refused: Map<string, number>
  unanswered: Set<string>
}

/** Posts numbered bodies at a steady rate until stopped, and records the responses. */
export function startSender({ ports, path, perSecond, lanes }: SenderOptions) {
  const log: SenderLog = { acknowledged: new Map(), refused: new Map(), unanswered: new Set() }
  const agent = new Agent({
    connections: 64,
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
    connect: { timeout: 2000 },
  })
  const freeLanes = Array.from({ length: lanes }, (_, index) => ({ name: `lane-${index}`, place: 0 }))
  const pace = startPace({
    perSecond,
    atOnce: lanes,
    async send(number) {
      const lane = freeLanes.shift()!
      await send(number, lane)
      freeLanes.push(lane)
    },
  })

  async function send(number: number, lane: { name: string; place: number }) {
    const nonce = `n${number}`
    const body = JSON.stringify({ nonce, lane: lane.name, place: lane.place++, pad: 'x'.repeat(200) })
    const port = ports[number % ports.length]!
    try {
      const answer = await request(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body,
        dispatcher: agent,
        headers: { 'content-type': 'application/json' },
      })
      await answer.body.dump()
      if (answer.statusCode === 202) log.acknowledged.set(nonce, performance.now())
      else log.refused.set(nonce, answer.statusCode)
    } catch {
      // The connection closed without a response: this nonce may be stored once or not at all.
      log.unanswered.add(nonce)
    }
  }

  const stop = async () => {
    await pace.stop()
    await agent.close()
    return log
  }
  return { log, stop }
}
