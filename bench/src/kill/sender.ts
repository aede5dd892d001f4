import { Agent, request } from 'undici'

interface Options {
  /** One per api process; a sender behind a balancer meets any of them. */
  ports: number[]
  path: string
  perSecond: number
  /** Values of the `lane` field, for the ordered destination. A lane sends its next only after its last was answered. */
  lanes: number
}

/** What the outside world knows: which nonces were answered 202, and which were not answered so. */
export interface SenderLog {
  /** When each was answered, on this machine's steady clock. */
  acknowledged: Map<string, number>
  refused: Map<string, number>
  unanswered: Set<string>
}

/** Posts numbered bodies at a steady rate until stopped, and keeps the only record that counts: the answers. */
export function startSender({ ports, path, perSecond, lanes }: Options) {
  const log: SenderLog = { acknowledged: new Map(), refused: new Map(), unanswered: new Set() }
  const agent = new Agent({
    connections: 64,
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
    connect: { timeout: 2000 },
  })
  const pending = new Set<Promise<void>>()
  const freeLanes = Array.from({ length: lanes }, (_, index) => ({ name: `lane-${index}`, place: 0 }))
  let number = 0
  let debt = 0
  let lastTick = performance.now()

  const timer = setInterval(() => {
    const now = performance.now()
    debt = Math.min(debt + ((now - lastTick) * perSecond) / 1000, perSecond)
    lastTick = now
    for (; debt >= 1; debt--) {
      const lane = freeLanes.shift()
      if (!lane) break
      const sent = send(`n${number++}`, lane)
      pending.add(sent)
      void sent.finally(() => {
        pending.delete(sent)
        freeLanes.push(lane)
      })
    }
  }, 10)

  async function send(nonce: string, lane: { name: string; place: number }) {
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
      // A connection that died is an answer too: this nonce may be stored once, or not at all.
      log.unanswered.add(nonce)
    }
  }

  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
    await agent.close()
    return log
  }
  return { log, stop }
}
