import type { Batch } from '@whook/drizzle/queries/request/store-batch'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { storeTogether } from './store-together.js'

const batch = (number: number): Batch => ({ instanceId: 'one', number, refused: [], requests: [] })

/** A store whose transactions end when the test calls `release`. */
function startStore(isBad: (batch: Batch) => boolean = () => false) {
  const transactions: number[][] = []
  let release: () => void = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const add = storeTogether({
    transactionsMax: 1,
    batchesMax: 3,
    store: async (batches) => {
      transactions.push(batches.map(({ number }) => number))
      await gate
      if (batches.some(isBad)) throw new Error('refused')
      return batches.map(() => [])
    },
  })
  return { add, transactions, release }
}

describe('storeTogether', () => {
  it('stores batches that arrive during a transaction in the next, up to the limit', async () => {
    const { add, transactions, release } = startStore()
    const first = add(batch(1))
    await turn()
    const rest = [2, 3, 4, 5].map((number) => add(batch(number)))
    await turn()
    expect(transactions).toEqual([[1]])
    release()
    await Promise.all([first, ...rest])
    expect(transactions).toEqual([[1], [2, 3, 4], [5]])
  })

  it('rejects only the batch that cannot be stored', async () => {
    const { add, release } = startStore(({ number }) => number === 2)
    const all = [1, 2, 3].map((number) => add(batch(number)))
    release()
    const outcomes = await Promise.allSettled(all)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('stores the next batch after a failure', async () => {
    const { add, release } = startStore(({ number }) => number === 1)
    release()
    await expect(add(batch(1))).rejects.toThrow('refused')
    await expect(add(batch(2))).resolves.toEqual([])
  })
})
