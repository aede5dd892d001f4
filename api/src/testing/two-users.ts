import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'

interface TwoUsers {
  /** A small request of user B. */
  small: () => Promise<unknown>
  /** One request of user A. Each of `width` loops repeats it. It may be refused. */
  flood: () => Promise<unknown>
  width?: number
  calls?: number
}

/** Milliseconds that a busy machine can add to any request. */
const noiseMs = 50

/** Measures the median latency of user B alone and while user A floods, and expects at most twice the latency alone. */
export async function expectUndisturbed({ small, flood, width = 30, calls = 15 }: TwoUsers): Promise<void> {
  await medianMs(small, 3)
  const before = await medianMs(small, calls)
  let isOver = false
  const loops = Array.from({ length: width }, async () => {
    while (!isOver) {
      await flood()
      // A refused request is repeated at the rate of a client, not of a busy loop.
      await delay(5)
    }
  })
  await delay(200)
  const beside = await medianMs(small, calls)
  isOver = true
  await Promise.all(loops)
  // The machine may be busier now than at the start, so the slower measurement counts.
  const alone = Math.max(before, await medianMs(small, calls))
  expect(beside, `alone ${alone.toFixed(1)} ms`).toBeLessThanOrEqual(2 * alone + noiseMs)
}

async function medianMs(call: () => Promise<unknown>, calls: number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < calls; n++) {
    const startedAt = performance.now()
    await call()
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)[calls >> 1]!
}
