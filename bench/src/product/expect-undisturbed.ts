import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect } from 'vitest'

export interface FloodCall {
  method: string
  path: string
  headers: Record<string, string>
  body?: string
}

interface TwoUsers {
  port: number
  /** A call of user B, whose latency counts. */
  small: () => Promise<unknown>
  /** The calls of user A, repeated by `loops` loops. Refusals are part of a flood. */
  flood: FloodCall[]
  loops?: number
  samples?: number
}

/** Milliseconds that a busy machine of two cores adds to a call, independent of the user who causes the load. */
const noiseMs = 50
const attemptsMax = 3

/**
 * Expects that the median latency of user B is at most doubled while user A floods. The flood runs in a thread: its own
 * work does not delay the measured calls. A noisy machine gets three attempts.
 */
export async function expectUndisturbed(users: TwoUsers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { alone, beside, statuses } = await measure(users)
    const seen = `alone ${alone.toFixed(1)} ms, beside ${beside.toFixed(1)} ms, ${JSON.stringify(statuses)}`
    // A flood of errors would prove nothing.
    expect(
      Object.keys(statuses).filter((status) => !/^(2\d\d|429)$/.test(status)),
      seen,
    ).toEqual([])
    expect(Object.values(statuses).length, seen).toBeGreaterThan(0)
    if (beside <= 2 * alone + noiseMs) return
    if (attempt === attemptsMax) expect.fail(seen)
  }
}

async function measure({ port, small, flood, loops = 30, samples = 15 }: TwoUsers) {
  await medianMs(small, 3)
  const before = await medianMs(small, samples)
  const worker = new Worker(new URL('./flood.mjs', import.meta.url), {
    workerData: { port, calls: flood, loops },
    execArgv: [],
  })
  await once(worker, 'online')
  await sleep(300)
  const beside = await medianMs(small, samples)
  worker.postMessage('report')
  const [statuses] = (await once(worker, 'message')) as [Record<string, number>]
  await worker.terminate()
  // A machine that is slower now than at the start is slower for both.
  const alone = Math.max(before, await medianMs(small, samples))
  return { alone, beside, statuses }
}

async function medianMs(call: () => Promise<unknown>, samples: number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < samples; n++) {
    const startedAt = performance.now()
    await call()
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)[samples >> 1]!
}
