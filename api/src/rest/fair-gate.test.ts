import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFairGate } from './fair-gate.js'

/** Returns work that the test ends, and the order in which it started. */
function manualWork() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name)
      ends.set(name, () => resolve(name))
    })
  const end = async (name: string) => {
    await delay(1)
    ends.get(name)!()
    await delay(1)
  }
  return { begun, work, end }
}

describe('createFairGate', () => {
  it('runs work of one user up to the limit, then the rest in order', async () => {
    const { run } = createFairGate({ name: 'searches', perUser: 2, waitingMax: 5, waitMsMax: 60_000 })
    const { begun, work, end } = manualWork()
    const all = ['a', 'b', 'c', 'd'].map((name) => run('ann', work(name)))
    await delay(1)
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    for (const name of ['a', 'c', 'd']) await end(name)
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('starts work of the user with the least running work', async () => {
    const { run } = createFairGate({ name: 'x', perUser: 2, inSum: 2, waitingMax: 50, waitMsMax: 60_000 })
    const { begun, work, end } = manualWork()
    const all = Array.from({ length: 20 }, (_, n) => run('ann', work(`ann ${n}`)))
    all.push(run('bob', work('bob')))
    await end('ann 0')
    expect(begun).toEqual(['ann 0', 'ann 1', 'bob'])
    await end('bob')
    for (let n = 1; n < 20; n++) await end(`ann ${n}`)
    expect(await Promise.all(all)).toHaveLength(21)
  })

  it('refuses work above the waiting limit immediately', async () => {
    let refused = 0
    const { run } = createFairGate({ name: 'scripts', perUser: 1, onRefused: () => refused++ })
    const { work, end } = manualWork()
    const first = run('ann', work('a'))
    await expect(run('ann', work('b'))).rejects.toMatchObject({ code: 'rate-limited', retryAfterSeconds: 1 })
    expect(refused).toBe(1)
    await end('a')
    expect(await first).toBe('a')
    const again = run('ann', work('c'))
    await end('c')
    expect(await again).toBe('c')
  })

  it('refuses work that waited too long and removes it from the queue', async () => {
    const { run } = createFairGate({ name: 'searches', perUser: 1, waitingMax: 1, waitMsMax: 20 })
    const { begun, work, end } = manualWork()
    const first = run('ann', work('a'))
    await expect(run('ann', work('b'))).rejects.toMatchObject({ code: 'rate-limited' })
    await end('a')
    await first
    const again = run('ann', work('c'))
    await end('c')
    expect(await again).toBe('c')
    expect(begun).toEqual(['a', 'c'])
  })

  it('starts the next work when work fails', async () => {
    const { run } = createFairGate({ name: 'searches', perUser: 1 })
    await expect(run('ann', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await run('ann', () => Promise.resolve(1))).toBe(1)
  })

  it('counts work as ended once when leave is called twice', async () => {
    const { enter, run } = createFairGate({ name: 'searches', perUser: 1 })
    const leave = await enter('ann')
    leave()
    const again = await enter('ann')
    leave()
    await expect(run('ann', () => Promise.resolve(1))).rejects.toMatchObject({ code: 'rate-limited' })
    again()
    expect(await run('ann', () => Promise.resolve(1))).toBe(1)
  })
})
