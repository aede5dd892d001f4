import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBreather } from './breather.js'

const block = (ms: number) => {
  const from = performance.now()
  while (performance.now() - from < ms);
}

describe('createBreather', () => {
  it('runs timers between blocking pieces', async () => {
    const run = createBreather()
    const order: string[] = []
    const pieces = Promise.all(
      ['a', 'b', 'c'].map((name) =>
        run(() => {
          block(30)
          order.push(name)
        }),
      ),
    )
    const timer = sleep(1).then(() => order.push('timer'))
    await Promise.all([pieces, timer])
    expect(order.indexOf('timer')).toBe(1)
    expect(order.filter((name) => name !== 'timer')).toEqual(['a', 'b', 'c'])
  })

  it('returns the result of a piece, and rejects with its error', async () => {
    const run = createBreather()
    await expect(run(() => 7)).resolves.toBe(7)
    await expect(
      run(() => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await expect(run(() => 8)).resolves.toBe(8)
  })
})
