import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { describe, expect, it } from 'vitest'
import { createQueueStates } from '../claim/queue-states.js'
import { createSlots, type DestinationSign } from './slots.js'

const slotsMax = 100

/** Slots and queues with a simulated clock. Every claim returns all deliveries requested, and more are due. */
function slotsAt() {
  let time = 0
  let number = 0
  const now = () => time
  const queues = createQueueStates({ slots: slotsMax, now })
  const slots = createSlots({ queues, slots: slotsMax, now, failuresToOpen: 10, startWithinMs: 60_000 })
  const inFlight: Claim[] = []
  return {
    queues,
    slots,
    inFlight,
    pass: (ms: number) => void (time += ms),
    /** Claims all requested deliveries and starts all that may start. Returns the claims. */
    fill() {
      const requests = slots.claimRequests(64)
      for (const { destinationId, count } of requests) {
        for (let n = 0; n < count; n++) slots.addClaimed({ id: String(++number), destinationId } as Claim)
        slots.endClaim({ destinationId, state: 'more', againMs: 0, slots: null })
      }
      for (let next = slots.takeNext(); next; next = slots.takeNext()) inFlight.push(next)
      return requests.map(({ destinationId, count }) => [destinationId, count])
    },
    end(count: number) {
      for (const claim of inFlight.splice(0, count)) slots.releaseSlot(claim, 'up')
    },
  }
}

describe('createSlots', () => {
  it('prefetches a tenth of a second of deliveries in few large claims', () => {
    const { queues, slots, pass, fill, end } = slotsAt()
    queues.notifyDue('quick', 'ann')
    expect(fill()).toEqual([['quick', 50]])
    pass(50)
    end(40)
    fill()
    pass(49)
    end(40)
    pass(1)
    const [[, count]] = fill() as [[string, number]]
    expect(count).toBe(40 + 80)
    expect(slots.inFlight).toBe(50)

    end(30)
    expect(fill(), 'more than half of the prefetch is left').toEqual([])
    expect(slots.inFlight, 'prefetched deliveries fill the slots').toBe(50)
    end(30)
    expect(fill()).toEqual([['quick', expect.any(Number)]])
  })

  it('prefetches more than the slots but at most four times as many', () => {
    const { queues, slots, pass, fill, end } = slotsAt()
    const sendFor = (tenths: number) => {
      for (let step = 0; step < tenths * 20; step++) {
        end(50)
        fill()
        pass(5)
      }
    }
    queues.notifyDue('quick', 'ann')
    fill()
    sendFor(10)
    const ahead = slots.releaseStale(-1).length
    expect(ahead, 'a thousand are sent in a tenth of a second').toBeGreaterThan(slotsMax)
    expect(ahead).toBeLessThanOrEqual(4 * slotsMax)
  })

  it('prefetches nothing for a destination that hangs after it was fast', () => {
    const { queues, slots, pass, fill, end } = slotsAt()
    queues.notifyDue('was-quick', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    pass(30_000)
    slots.releaseStale(1000)
    end(1)
    expect(fill()).toEqual([['was-quick', 1]])
  })

  it('returns only deliveries that waited too long for a slot, oldest first', () => {
    const { queues, slots, pass, fill, end } = slotsAt()
    queues.notifyDue('slow', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    pass(900)
    expect(slots.releaseStale(1000)).toEqual([])
    pass(100)
    const given = slots.releaseStale(1000).map(({ id }) => Number(id))
    expect(given).toEqual(Array.from({ length: 50 }, (_, n) => 101 + n))
    expect(slots.releaseStale(1000)).toEqual([])
    expect(slots.inFlight).toBe(50)
  })

  it('leaves a slot for a new user when prefetched deliveries wait', () => {
    const { queues, slots, pass, fill, end } = slotsAt()
    queues.notifyDue('quick', 'ann')
    fill()
    pass(99)
    end(50)
    pass(1)
    fill()
    queues.notifyDue('new', 'bob')
    expect(fill()).toEqual([['new', 25]])
    expect(slots.inFlight).toBe(75)
  })

  it('keeps to the granted slots and fills a free one from the prefetch', () => {
    const { queues, slots, pass, inFlight } = slotsAt()
    const claim = (count: number, granted: number) => {
      slots.claimRequests(64)
      for (let n = 0; n < count; n++) slots.addClaimed({ id: `${n}`, destinationId: 'narrow' } as Claim)
      slots.endClaim({ destinationId: 'narrow', state: 'more', againMs: 0, slots: granted })
      for (let next = slots.takeNext(); next; next = slots.takeNext()) inFlight.push(next)
    }
    queues.notifyDue('narrow', 'ann')
    claim(30, 10)
    expect(slots.inFlight).toBe(10)
    slots.releaseSlot(inFlight.shift()!, 'up')
    expect(slots.takeNext()).toMatchObject({ destinationId: 'narrow' })
    expect(slots.takeNext()).toBeUndefined()
    pass(1)
    slots.endClaim({ destinationId: 'narrow', state: 'more', againMs: 0, slots: 12 })
    expect([slots.takeNext(), slots.takeNext(), slots.takeNext()].filter(Boolean)).toHaveLength(2)
  })

  it.each([
    ['after ten failures in a row', Array<DestinationSign>(10).fill('down')],
    ['after the destination answered 410', ['gone'] as DestinationSign[]],
  ])('starts nothing %s until that is recorded', (_, signs) => {
    const { queues, slots, fill, inFlight } = slotsAt()
    queues.notifyDue('failing', 'ann')
    fill()
    const ended = signs.map((sign) => {
      const claim = inFlight.shift()!
      slots.releaseSlot(claim, sign)
      return claim
    })
    expect(slots.claimRequests(64), 'it makes no claim').toEqual([])
    slots.addClaimed({ id: 'ahead', destinationId: 'failing' } as Claim)
    expect(slots.takeNext()).toBeUndefined()
    for (const claim of ended.slice(0, -1)) expect(slots.recorded(claim)).toEqual([])
    expect(slots.recorded(ended.at(-1)!)).toMatchObject([{ id: 'ahead' }])
    expect(fill()).toEqual([['failing', expect.any(Number)]])
  })

  it('wakes a busy destination queue when one of its results is recorded', () => {
    const { queues, slots, fill, inFlight } = slotsAt()
    queues.notifyDue('busy', 'ann')
    fill()
    const claim = inFlight.shift()!
    slots.releaseSlot(claim, 'up')
    slots.claimRequests(64)
    slots.endClaim({ destinationId: 'busy', state: 'busy', againMs: 60_000, slots: null })
    expect(slots.claimRequests(64)).toEqual([])
    slots.recorded(claim)
    expect(slots.claimRequests(64)).toHaveLength(1)
  })

  it('starts no claim whose lease may have expired when the process was frozen', () => {
    const { queues, slots, pass } = slotsAt()
    queues.notifyDue('frozen', 'ann')
    slots.claimRequests(64)
    slots.addClaimed({ id: '1', destinationId: 'frozen' } as Claim)
    slots.endClaim({ destinationId: 'frozen', state: 'drained', againMs: 0, slots: 10 })
    pass(60_001)
    expect(slots.takeNext()).toBeUndefined()
    expect(slots.releaseStale(1000)).toMatchObject([{ id: '1' }])
  })

  it('checks sleeping destination queues in time independent of their number', () => {
    const msOf = (sleepers: number) => {
      const { queues, slots } = slotsAt()
      for (let n = 0; n < sleepers; n++) queues.notifyDue(`queue ${n}`, `user ${n}`)
      for (let requests = slots.claimRequests(64); requests.length > 0; requests = slots.claimRequests(64))
        for (const { destinationId } of requests)
          slots.endClaim({ destinationId, state: 'circuit', againMs: 60_000, slots: null })
      const startedAt = performance.now()
      for (let tick = 0; tick < 2000; tick++) queues.wakeSleepers()
      return performance.now() - startedAt
    }
    msOf(100)
    const few = msOf(100)
    // A walk over all of them takes five hundred times as long.
    expect(msOf(50_000)).toBeLessThan(20 * Math.max(few, 1))
  })
})
