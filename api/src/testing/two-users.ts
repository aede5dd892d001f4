import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'

interface TwoUsers {
  /** A small call of user B. */
  small: () => Promise<unknown>
  /** One piece of the work of user A; each of `width` loops repeats it. Refusals are part of a flood. */
  flood: () => Promise<unknown>
  width?: number
  calls?: number
}

/** Milliseconds that a busy machine adds to a call, whatever runs beside it. */
const noiseMs = 50

/** Measures the median latency of user B alone and while user A floods, and expects at most twice the latency alone. */
export async function expectUndisturbed({ small, flood, width = 30, calls = 15 }: TwoUsers): Promise<void> {
  await medianMs(small, 3)
  const before = await medianMs(small, calls)
  let isOver = false
  const loops = Array.from({ length: width }, async () => {
    while (!isOver) {
      await flood()
      // A refused call is repeated at the pace of a client, not of a loop in this process.
      await delay(5)
    }
  })
  await delay(200)
  const beside = await medianMs(small, calls)
  isOver = true
  await Promise.all(loops)
  // A machine that is busier now than at the start is busier for both.
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
