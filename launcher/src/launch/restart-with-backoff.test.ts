import { expect, it, vi } from 'vitest'
import { restartWithBackoff } from './restart-with-backoff.js'

const { signal } = new AbortController()

it('repeats a failed start with growing pauses until it succeeds', async () => {
  const failure = new Error('no memory')
  const start = vi
    .fn()
    .mockRejectedValueOnce(failure)
    .mockRejectedValueOnce(failure)
    .mockResolvedValue('ready')
  const onFailed = vi.fn()
  const begin = performance.now()
  expect(await restartWithBackoff({ start, signal, onFailed })).toBe('ready')
  expect(onFailed.mock.calls).toEqual([
    [failure, 500],
    [failure, 1000],
  ])
  expect(performance.now() - begin).toBeGreaterThan(1700)
})

it('starts immediately with a first pause of 0, then waits 250 ms', async () => {
  const start = vi.fn().mockRejectedValueOnce(new Error('busy')).mockResolvedValue('ready')
  const onFailed = vi.fn()
  expect(await restartWithBackoff({ start, signal, onFailed, firstPauseMs: 0 })).toBe('ready')
  expect(onFailed).toHaveBeenCalledWith(expect.any(Error), 250)
})

it('starts nothing more after the launcher stops', async () => {
  const stopping = new AbortController()
  const start = vi.fn().mockRejectedValue(new Error('busy'))
  const restarted = restartWithBackoff({
    start,
    signal: stopping.signal,
    firstPauseMs: 0,
    onFailed: () => stopping.abort(),
  })
  expect(await restarted).toBeUndefined()
  expect(start).toHaveBeenCalledTimes(1)
})
