import type { CapturedRequest } from '@whook/shared'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch } from '@whook/drizzle/queries/request/store-batch'
import { describe, expect, it } from 'vitest'
import { createAcceptance, type DurableSink } from './durable-sinks.js'

const never = () => new Promise<void>(() => {})
const refuse = () => Promise.reject(new Error('connection refused'))

/** Returns an acceptance over two sinks. The first runs one `behaviour` per batch, and then works. */
function twoSinks(behaviour: (() => Promise<void>)[]) {
  const asked: DurableSink['name'][] = []
  const accepted: DurableSink['name'][] = []
  const sink = (name: DurableSink['name'], store: () => Promise<void>): DurableSink => ({
    name,
    timeoutMs: 20,
    store: () => (asked.push(name), store()),
  })
  let clock = 0
  const accept = createAcceptance({
    sinks: [
      sink('database', () => behaviour.shift()?.() ?? Promise.resolve()),
      sink('queue', () => Promise.resolve()),
    ],
    newId: () => 'i',
    now: () => clock,
    onAccepted: ({ by }) => accepted.push(by),
    onFailed: () => {},
  })
  const requests: CapturedRequest[] = []
  return { accept: () => accept(requests), asked, accepted, pass: (ms: number) => (clock += ms) }
}

describe('createAcceptance with two sinks', () => {
  it('uses a sink again immediately after one timeout', async () => {
    const { accept, accepted, asked } = twoSinks([never])
    for (let batch = 0; batch < 3; batch++) await accept()
    expect(accepted).toEqual(['queue', 'database', 'database'])
    expect(asked).toEqual(['database', 'queue', 'database', 'database'])
  })

  it('skips a sink for 500 ms after two consecutive timeouts', async () => {
    const { accept, accepted, pass } = twoSinks([never, never])
    for (let batch = 0; batch < 4; batch++) await accept()
    expect(accepted).toEqual(['queue', 'queue', 'queue', 'queue'])
    pass(500)
    await accept()
    expect(accepted.at(-1)).toBe('database')
  })

  it('does not skip a sink when a success separates two timeouts', async () => {
    const slow = () => sleep(0)
    const { accept, accepted } = twoSinks([never, slow, never, slow])
    for (let batch = 0; batch < 4; batch++) await accept()
    expect(accepted).toEqual(['queue', 'database', 'queue', 'database'])
  })

  it('skips a sink for 500 ms after one error', async () => {
    const { accept, asked, pass } = twoSinks([refuse])
    for (let batch = 0; batch < 2; batch++) await accept()
    expect(asked).toEqual(['database', 'queue', 'queue'])
    pass(500)
    await accept()
    expect(asked.at(-1)).toBe('database')
  })
})

describe('batch numbers', () => {
  /**
   * Returns an acceptance over one sink that rejects the batches at the positions `refusing`. A series has three
   * numbers.
   */
  function inSeries(refusing: number[] = []) {
    const batches: string[] = []
    let [ids, turns, ms] = [0, 0, 0]
    const at = { time: 0 }
    const accept = createAcceptance({
      sinks: [
        {
          name: 'database',
          timeoutMs: 1000,
          async store({ instanceId, number, refused }: Batch) {
            if (refusing.includes(++turns)) throw new Error('no room')
            batches.push([instanceId, number, ...refused].join(' '))
          },
        },
      ],
      newId: () => `i${++ids}`,
      numberMax: 3,
      // Each call adds a second, so that a failed sink is used again for the next batch.
      now: () => (ms += 1000),
      time: () => at.time,
      onAccepted: () => {},
      onFailed: () => {},
    })
    return { accept: () => accept([]), batches, at }
  }

  it('starts a new series when all numbers of a series are used', async () => {
    const { accept, batches } = inSeries()
    for (let batch = 0; batch < 7; batch++) await accept()
    expect(batches).toEqual(['i1 1', 'i1 2', 'i1 3', 'i2 1', 'i2 2', 'i2 3', 'i3 1'])
  })

  it('reports a refused number in its own series before a new one starts', async () => {
    const { accept, batches } = inSeries([3])
    await accept()
    await accept()
    await expect(accept()).rejects.toThrow()
    for (let batch = 0; batch < 2; batch++) await accept()
    expect(batches).toEqual(['i1 1', 'i1 2', 'i1 4 3', 'i2 1'])
  })

  it('starts a new series after a day without a batch', async () => {
    const { accept, batches, at } = inSeries()
    for (const time of [0, 86_400_000, 2 * 86_400_000 + 1]) {
      at.time = time
      await accept()
    }
    expect(batches).toEqual(['i1 1', 'i1 2', 'i2 1'])
  })
})
