import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { describe, expect, it } from 'vitest'
import { createLanes, type DestinationSign } from './lanes.js'

const slots = 100

/** Lanes with a simulated clock. Every claim returns all deliveries requested, and more are due. */
function lanesAt() {
  let time = 0
  let number = 0
  const lanes = createLanes({ slots, now: () => time, failuresToOpen: 10, startWithinMs: 60_000 })
  const flying: Claim[] = []
  return {
    lanes,
    flying,
    pass: (ms: number) => void (time += ms),
    /** Claims all requested deliveries and starts all that may start. Returns the claims. */
    fill() {
      const wishes = lanes.wishes(64)
      for (const { destinationId, count } of wishes) {
        for (let n = 0; n < count; n++) lanes.took({ id: String(++number), destinationId } as Claim)
        lanes.answered({ destinationId, state: 'more', againMs: 0, slots: null })
      }
      for (let next = lanes.start(); next; next = lanes.start()) flying.push(next)
      return wishes.map(({ destinationId, count }) => [destinationId, count])
    },
    end(count: number) {
      for (const claim of flying.splice(0, count)) lanes.gave(claim, 'up')
    },
  }
}

describe('createLanes', () => {
  it('prefetches a tenth of a second of deliveries in few large claims', () => {
    const { lanes, pass, fill, end } = lanesAt()
    lanes.call('quick', 'ann')
    expect(fill()).toEqual([['quick', 50]])
    pass(50)
    end(40)
    fill()
    pass(49)
    end(40)
    pass(1)
    const [[, count]] = fill() as [[string, number]]
    expect(count).toBe(40 + 80)
    expect(lanes.flying).toBe(50)

    end(30)
    expect(fill(), 'more than half of the prefetch is left').toEqual([])
    expect(lanes.flying, 'prefetched deliveries fill the slots').toBe(50)
    end(30)
    expect(fill()).toEqual([['quick', expect.any(Number)]])
  })

  it('prefetches more than the slots but at most four times as many', () => {
    const { lanes, pass, fill, end } = lanesAt()
    const sendFor = (tenths: number) => {
      for (let step = 0; step < tenths * 20; step++) {
        end(50)
        fill()
        pass(5)
      }
    }
    lanes.call('quick', 'ann')
    fill()
    sendFor(10)
    const ahead = lanes.unstock(-1).length
    expect(ahead, 'a thousand are sent in a tenth of a second').toBeGreaterThan(slots)
    expect(ahead).toBeLessThanOrEqual(4 * slots)
  })

  it('prefetches nothing for a destination that hangs after it was fast', () => {
    const { lanes, pass, fill, end } = lanesAt()
    lanes.call('was-quick', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    pass(30_000)
    lanes.unstock(1000)
    end(1)
    expect(fill()).toEqual([['was-quick', 1]])
  })

  it('returns only deliveries that waited too long for a slot, oldest first', () => {
    const { lanes, pass, fill, end } = lanesAt()
    lanes.call('slow', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    pass(900)
    expect(lanes.unstock(1000)).toEqual([])
    pass(100)
    const given = lanes.unstock(1000).map(({ id }) => Number(id))
    expect(given).toEqual(Array.from({ length: 50 }, (_, n) => 101 + n))
    expect(lanes.unstock(1000)).toEqual([])
    expect(lanes.flying).toBe(50)
  })

  it('leaves a slot for a new user when prefetched deliveries wait', () => {
    const { lanes, pass, fill, end } = lanesAt()
    lanes.call('quick', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    lanes.call('new', 'bob')
    expect(fill()).toEqual([['new', 25]])
    expect(lanes.flying).toBe(75)
  })

  it('keeps to the granted slots and fills a free one from the prefetch', () => {
    const { lanes, pass, flying } = lanesAt()
    const claim = (count: number, granted: number) => {
      lanes.wishes(64)
      for (let n = 0; n < count; n++) lanes.took({ id: `${n}`, destinationId: 'narrow' } as Claim)
      lanes.answered({ destinationId: 'narrow', state: 'more', againMs: 0, slots: granted })
      for (let next = lanes.start(); next; next = lanes.start()) flying.push(next)
    }
    lanes.call('narrow', 'ann')
    claim(30, 10)
    expect(lanes.flying).toBe(10)
    lanes.gave(flying.shift()!, 'up')
    expect(lanes.start()).toMatchObject({ destinationId: 'narrow' })
    expect(lanes.start()).toBeUndefined()
    pass(1)
    lanes.answered({ destinationId: 'narrow', state: 'more', againMs: 0, slots: 12 })
    expect([lanes.start(), lanes.start(), lanes.start()].filter(Boolean)).toHaveLength(2)
  })

  it.each([
    ['after ten failures in a row', Array<DestinationSign>(10).fill('down')],
    ['after the destination answered 410', ['gone'] as DestinationSign[]],
  ])('starts nothing %s until that is recorded', (_, signs) => {
    const { lanes, fill, flying } = lanesAt()
    lanes.call('failing', 'ann')
    fill()
    const ended = signs.map((sign) => {
      const claim = flying.shift()!
      lanes.gave(claim, sign)
      return claim
    })
    expect(lanes.wishes(64), 'it makes no claim').toEqual([])
    lanes.took({ id: 'ahead', destinationId: 'failing' } as Claim)
    expect(lanes.start()).toBeUndefined()
    for (const claim of ended.slice(0, -1)) expect(lanes.recorded(claim)).toEqual([])
    expect(lanes.recorded(ended.at(-1)!)).toMatchObject([{ id: 'ahead' }])
    expect(fill()).toEqual([['failing', expect.any(Number)]])
  })

  it('wakes a busy destination queue when one of its results is recorded', () => {
    const { lanes, fill, flying } = lanesAt()
    lanes.call('busy', 'ann')
    fill()
    const claim = flying.shift()!
    lanes.gave(claim, 'up')
    lanes.wishes(64)
    lanes.answered({ destinationId: 'busy', state: 'busy', againMs: 60_000, slots: null })
    expect(lanes.wishes(64)).toEqual([])
    lanes.recorded(claim)
    expect(lanes.wishes(64)).toHaveLength(1)
  })

  it('starts no claim whose lease may have expired when the process was frozen', () => {
    const { lanes, pass } = lanesAt()
    lanes.call('frozen', 'ann')
    lanes.wishes(64)
    lanes.took({ id: '1', destinationId: 'frozen' } as Claim)
    lanes.answered({ destinationId: 'frozen', state: 'drained', againMs: 0, slots: 10 })
    pass(60_001)
    expect(lanes.start()).toBeUndefined()
    expect(lanes.unstock(1000)).toMatchObject([{ id: '1' }])
  })

  it('checks sleeping destination queues in time independent of their number', () => {
    const msOf = (sleepers: number) => {
      const { lanes } = lanesAt()
      for (let n = 0; n < sleepers; n++) lanes.call(`lane ${n}`, `user ${n}`)
      for (let asked = lanes.wishes(64); asked.length > 0; asked = lanes.wishes(64))
        for (const { destinationId } of asked)
          lanes.answered({ destinationId, state: 'circuit', againMs: 60_000, slots: null })
      const startedAt = performance.now()
      for (let tick = 0; tick < 2000; tick++) lanes.wakeSleepers()
      return performance.now() - startedAt
    }
    msOf(100)
    const few = msOf(100)
    // A walk over all of them takes five hundred times as long.
    expect(msOf(50_000)).toBeLessThan(20 * Math.max(few, 1))
  })
})
