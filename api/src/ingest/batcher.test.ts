import { createByteBudget } from '@whook/runtime/byte-budget'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBatcher } from './batcher.js'

const outcome = (promise: Promise<void>) =>
  promise.then(
    () => 'accepted',
    (error: Error & { code?: string }) => error.code ?? error.message,
  )

/** Returns a batcher of single items, whose sends the test settles. */
function byHand({ bytesMax = 1000, waitMsMax = 1000 } = {}) {
  const sent: { items: string[]; resolve: () => void; reject: (error: Error) => void }[] = []
  let clock = 0
  const waiting = createByteBudget({ bytesMax, shares: [1] })
  const batcher = createBatcher<string>({
    send: (items) => new Promise((resolve, reject) => sent.push({ items, resolve, reject })),
    inFlightMax: 1,
    itemsMax: 1,
    bytesMax: 1000,
    waiting,
    waitingMax: 100,
    waitMsMax,
    now: () => clock,
  })
  const add = (item: string, bytes = 10, owner = item) => outcome(batcher.add(item, bytes, [owner]))
  return { add, sent, waiting, batcher, pass: (ms: number) => (clock += ms) }
}

describe('createBatcher', () => {
  it('accepts later items when a batch fails', async () => {
    const { add, sent, waiting } = byHand()
    const [first, second] = [add('first'), add('second')]
    await sleep(1)
    sent[0]!.reject(new Error('slow'))
    await expect.poll(() => sent.length).toBe(2)
    sent[1]!.resolve()
    expect([await first, await second]).toEqual(['slow', 'accepted'])
    expect(waiting.used).toBe(0)
  })

  it('refuses an item that waited too long, and sends the next one', async () => {
    const { add, sent, pass } = byHand()
    const first = add('first')
    await sleep(1)
    const late = add('late')
    pass(900)
    const inTime = add('in time')
    pass(101)
    sent[0]!.resolve()
    await expect.poll(() => sent.length).toBe(2)
    sent[1]!.resolve()
    expect([await first, await late, await inTime]).toEqual(['accepted', 'overloaded', 'accepted'])
    expect(sent.map(({ items }) => items)).toEqual([['first'], ['in time']])
  })

  it('refuses bytes over the share of one owner, and accepts those of another', async () => {
    const { add, sent } = byHand({ bytesMax: 100 })
    const results = [add('a', 50), add('b', 30, 'a'), add('c', 20)]
    expect(await results[1]).toBe('overloaded')
    await sleep(1)
    sent[0]!.resolve()
    await expect.poll(() => sent.length).toBe(2)
    sent[1]!.resolve()
    expect([await results[0], await results[2]]).toEqual(['accepted', 'accepted'])
  })

  it('resolves drained when the last waiting item is refused', async () => {
    const { add, sent, pass, batcher } = byHand()
    void add('first')
    await sleep(1)
    void add('late')
    pass(1001)
    const drained = batcher.drained()
    sent[0]!.resolve()
    await drained
  })
})
