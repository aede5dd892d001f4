import { Agent, request } from 'undici'

interface UndiciLoopOptions {
  port: number
  body: Buffer
  concurrency: number
  seconds: number
}

/** F3: a plain loop of undici POSTs to the sink with one shared Agent. Resolves to POSTs per second. */
export async function undiciLoop({ port, body, concurrency, seconds }: UndiciLoopOptions): Promise<number> {
  const agent = new Agent({ connections: concurrency })
  const endsAt = performance.now() + seconds * 1000
  let sent = 0
  const run = async () => {
    while (performance.now() < endsAt) {
      const answer = await request(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body,
        dispatcher: agent,
        headers: { 'content-type': 'application/json' },
      })
      await answer.body.dump()
      sent++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, run))
  await agent.close()
  return sent / seconds
}
