import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { describe, expect, it } from 'vitest'
import { createLanes } from './lanes.js'

const slots = 100

/** Lanes with a clock of their own, whose PostgreSQL always has more. */
function lanesAt() {
  let time = 0
  let number = 0
  const lanes = createLanes({ slots, now: () => time, failuresToOpen: 10, startWithinMs: 60_000 })
  const flying: Claim[] = []
  return {
    lanes,
    pass: (ms: number) => void (time += ms),
    /** Claims what is wished for, starts what may start; answers what was wished. */
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

describe('lanes', () => {
  it('claims ahead what a lane sends in a tenth of a second, in few large claims', () => {
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
    expect(fill(), 'a stock that lasts is left alone').toEqual([])
    expect(lanes.flying, 'it fills the slots').toBe(50)
    end(30)
    expect(fill()).toEqual([['quick', expect.any(Number)]])
  })

  it('claims ahead so much that sending need not wait, and no more however quick a lane is', () => {
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
    expect(ahead, 'a thousand go in a tenth of a second').toBeGreaterThan(slots)
    expect(ahead).toBeLessThanOrEqual(4 * slots)
  })

  it('claims nothing ahead for a lane that hangs, however quick it was', () => {
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

  it('gives back, oldest first, what waited for a slot too long, and only that', () => {
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

  it('starts what is in stock by the same shares: somebody new finds a slot beside it', () => {
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
})
