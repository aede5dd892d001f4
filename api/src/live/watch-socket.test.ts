import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchSocket } from './watch-socket.js'

class FakeSocket extends EventEmitter {
  answers = true
  ping = vi.fn(() => void (this.answers && this.emit('pong')))
  terminate = vi.fn(() => void this.emit('close'))
  close = vi.fn(() => void this.emit('close'))
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('watchSocket', () => {
  it('keeps a responding socket open and stops the checks when it closes', async () => {
    const socket = new FakeSocket()
    watchSocket(socket, { everyMs: 10, isSignedIn: async () => true })
    await vi.advanceTimersByTimeAsync(35)
    expect([socket.ping, socket.close, socket.terminate].map(({ mock }) => mock.calls.length)).toEqual([
      3, 0, 0,
    ])
    socket.emit('close')
    await vi.advanceTimersByTimeAsync(100)
    expect(socket.ping).toHaveBeenCalledTimes(3)
  })

  it('terminates a socket when it does not answer a ping', async () => {
    const socket = new FakeSocket()
    socket.answers = false
    watchSocket(socket, { everyMs: 10, isSignedIn: async () => true })
    await vi.advanceTimersByTimeAsync(25)
    expect(socket.terminate).toHaveBeenCalledTimes(1)
  })

  it('closes a socket at the next check when its session expired', async () => {
    const socket = new FakeSocket()
    let signedIn = true
    watchSocket(socket, { everyMs: 10, isSignedIn: async () => signedIn })
    await vi.advanceTimersByTimeAsync(15)
    signedIn = false
    await vi.advanceTimersByTimeAsync(10)
    expect(socket.close).toHaveBeenCalledWith(4001, 'signed out')
  })
})
