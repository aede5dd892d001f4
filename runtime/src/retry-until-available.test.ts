import { describe, expect, it } from 'vitest'
import { retryUntilAvailable } from './retry-until-available.js'

const away = () => Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))

describe('retryUntilAvailable', () => {
  it('retries while the server resets connections, and calls onWaiting once', async () => {
    const told: unknown[] = []
    let asked = 0
    const answer = await retryUntilAvailable(() => (++asked < 4 ? away() : Promise.resolve('here')), {
      withinMs: 10_000,
      everyMs: 1,
      onWaiting: (error) => told.push(error),
    })
    expect([answer, asked, told.length]).toEqual(['here', 4, 1])
  })

  it('throws the last error when its time is over', async () => {
    const waiting = retryUntilAvailable(away, { withinMs: 30, everyMs: 1 })
    await expect(waiting).rejects.toThrow('ECONNRESET')
  })

  it('throws a permanent error immediately', async () => {
    let asked = 0
    const refused = () =>
      Promise.reject(Object.assign(new Error('no such role'), { code: `28000${asked++}` }))
    await expect(retryUntilAvailable(refused, { withinMs: 10_000 })).rejects.toThrow('no such role')
    expect(asked).toBe(1)
  })

  it('stops when its signal is aborted', async () => {
    const stopping = new AbortController()
    const waiting = retryUntilAvailable(away, { withinMs: 60_000, everyMs: 60_000, signal: stopping.signal })
    stopping.abort()
    await expect(waiting).rejects.toThrow('aborted')
  })
})
