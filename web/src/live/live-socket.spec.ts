import type { LiveServerFrame } from '@whook/shared'
import { liveBeatMs, liveCloseCodes } from '@whook/shared/live-rules'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLiveSocket, silenceMaxMs } from './live-socket.js'

/** Test double: the browser's WebSocket. The test plays the server. */
class FakeSocket {
  static opened: FakeSocket[] = []
  onmessage: ((event: { data: string }) => void) | undefined
  onclose: ((event: { code: number }) => void) | undefined
  close = vi.fn()
  constructor(readonly url: string) {
    FakeSocket.opened.push(this)
  }
  says(frame: LiveServerFrame) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  greets() {
    this.says({ hello: { userId: 'u', serverTime: '2026-01-01T00:00:00.000Z' } })
  }
  closes(code = 1006) {
    this.onclose?.({ code })
  }
}

let stop: () => void
const last = () => FakeSocket.opened.at(-1)!
const count = () => FakeSocket.opened.length

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.opened = []
})
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function setup() {
  const heard = { messages: vi.fn(), refill: vi.fn(), refused: vi.fn() }
  const live = createLiveSocket(heard)
  live.start()
  stop = live.stop
  return { live, ...heard }
}

describe('createLiveSocket', () => {
  it('becomes live and calls refill on hello, then passes on messages', () => {
    const { live, refill, messages } = setup()
    expect([count(), live.connection.value]).toEqual([1, 'connecting'])
    last().greets()
    expect(live.connection.value).toBe('live')
    expect(refill).toHaveBeenCalledTimes(1)
    last().says({ messages: [{ type: 'gap' }] })
    expect(messages).toHaveBeenCalledWith([{ type: 'gap' }])
  })

  it('reconnects after 250 ms, doubled up to 2 s, when the connection is lost', () => {
    const { live } = setup()
    last().greets()
    const waits: number[] = []
    for (let n = 0; n < 6; n++) {
      const before = count()
      last().closes()
      expect(live.connection.value).toBe('lost')
      for (let waited = 0; count() === before; waited += 50) {
        waits[n] = waited
        vi.advanceTimersByTime(50)
      }
    }
    expect(waits.map((ms) => ms + 50)).toEqual([250, 500, 1000, 2000, 2000, 2000])
    last().greets()
    expect(live.connection.value).toBe('live')
    last().closes()
    vi.advanceTimersByTime(250)
    expect(count()).toBe(8)
  })

  it('calls refill after each reconnect and each gap frame', () => {
    const { refill } = setup()
    last().greets()
    last().closes()
    vi.advanceTimersByTime(250)
    last().greets()
    last().says({ gap: true })
    expect(refill).toHaveBeenCalledTimes(3)
  })

  it('reconnects when no frame is received, even if the browser reports it open', () => {
    const { live } = setup()
    const dead = last()
    dead.greets()
    for (let beats = 0; beats < 10; beats++) {
      vi.advanceTimersByTime(liveBeatMs)
      dead.says({ messages: [] })
    }
    expect([count(), live.connection.value]).toEqual([1, 'live'])
    vi.advanceTimersByTime(silenceMaxMs)
    expect(live.connection.value).toBe('lost')
    expect(dead.close).toHaveBeenCalled()
    vi.advanceTimersByTime(250)
    last().greets()
    expect([count(), live.connection.value]).toEqual([2, 'live'])
  })

  it('reports the connection as lost when the server never responds', () => {
    const { live } = setup()
    vi.advanceTimersByTime(silenceMaxMs)
    expect(live.connection.value).toBe('lost')
  })

  it('ignores the events of a replaced socket', () => {
    const { live, messages, refill } = setup()
    last().greets()
    last().closes()
    vi.advanceTimersByTime(250)
    const slow = last()
    live.retryNow()
    last().greets()
    slow.greets()
    slow.says({ messages: [{ type: 'gap' }] })
    slow.closes()
    expect(slow.close).toHaveBeenCalled()
    expect([refill.mock.calls.length, messages.mock.calls.length]).toEqual([2, 0])
    expect([count(), live.connection.value]).toEqual([3, 'live'])
  })

  it('reconnects immediately when the network is back', () => {
    setup()
    last().greets()
    last().closes()
    window.dispatchEvent(new Event('online'))
    expect(count()).toBe(2)
  })

  it.each([
    { what: 'refused', greeted: false, code: 1006, checks: 1 },
    { what: 'closed by sign-out', greeted: true, code: liveCloseCodes.signedOut, checks: 1 },
    { what: 'lost', greeted: true, code: 1006, checks: 0 },
  ])('checks the session $checks times when the connection is $what', ({ greeted, code, checks }) => {
    const { refused } = setup()
    if (greeted) last().greets()
    last().closes(code)
    expect(refused).toHaveBeenCalledTimes(checks)
  })

  it('does not reconnect after too many connections, until retryNow is called', () => {
    const { live } = setup()
    last().greets()
    last().closes(liveCloseCodes.tooMany)
    expect(live.connection.value).toBe('crowded')
    vi.advanceTimersByTime(600_000)
    expect(count()).toBe(1)
    live.retryNow()
    last().greets()
    expect([count(), live.connection.value]).toEqual([2, 'live'])
  })

  it('does not reconnect after stop, until start is called', () => {
    const { live } = setup()
    last().greets()
    const socket = last()
    live.stop()
    socket.closes()
    vi.advanceTimersByTime(600_000)
    window.dispatchEvent(new Event('online'))
    expect([count(), live.connection.value]).toEqual([1, 'lost'])
    live.start()
    expect([count(), live.connection.value]).toEqual([2, 'connecting'])
  })
})
