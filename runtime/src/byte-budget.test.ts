import { describe, expect, it } from 'vitest'
import { createByteBudget } from './byte-budget.js'

describe('createByteBudget', () => {
  it('refuses bytes over the total, and accepts them after a release', () => {
    let refused = 0
    const budget = createByteBudget({ bytesMax: 100, shares: [], onRefused: () => refused++ })
    const lease = budget.open([])
    expect(lease.add(100)).toBe(true)
    expect(lease.add(1)).toBe(false)
    expect([budget.used, refused]).toEqual([100, 1])
    lease.release()
    lease.release()
    expect(budget.used).toBe(0)
    expect(budget.open([]).add(100)).toBe(true)
  })

  it('leaves room for a new owner when the others hold their maximum', () => {
    const budget = createByteBudget({ bytesMax: 1000, shares: [1] })
    const taken = ['a', 'b', 'c'].map((owner) => {
      const lease = budget.open([owner])
      let bytes = 0
      while (lease.add(1)) bytes++
      return bytes
    })
    expect(taken).toEqual([500, 250, 125])
    expect(budget.open(['d']).add(60)).toBe(true)
  })

  it('limits a user with many webhooks to the share of the user', () => {
    const budget = createByteBudget({ bytesMax: 1000, shares: [4, 1] })
    for (let n = 0; n < 100; n++) {
      const lease = budget.open(['user', `webhook ${n}`])
      while (lease.add(1));
    }
    expect(budget.used).toBe(800)
    expect(budget.open(['another', 'its webhook']).add(50)).toBe(true)
  })
})
