import { describe, expect, it } from 'vitest'
import { createWakeQueue } from './wake-queue.js'

describe('createWakeQueue', () => {
  it('returns entries by due time when they are added in any order', () => {
    const queue = createWakeQueue<number>()
    const times = Array.from({ length: 500 }, (_, n) => (n * 7919) % 500)
    for (const at of times) queue.add(at, at)
    const seen: number[] = []
    for (let next = queue.first(); next; next = queue.first()) {
      seen.push(next.value)
      queue.removeFirst()
    }
    expect(seen).toEqual(times.toSorted((a, b) => a - b))
    expect(queue.size).toBe(0)
    queue.removeFirst()
    expect(queue.first()).toBeUndefined()
  })
})
