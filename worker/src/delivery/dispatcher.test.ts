import type { Claim, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createDispatcher } from './dispatcher.js'

/** `waiting`: number of due deliveries by destination. The name of a destination is `<user>-<name>`. */
function dispatcherOver(waiting: Record<string, number>, deliver: (claim: Claim) => Promise<void>) {
  let number = 0
  const paused = new Set<string>()
  const stopped: string[] = []
  const take = ({ destinationId, count }: LaneWish) => {
    if (paused.has(destinationId))
      return { claims: [], lane: { destinationId, state: 'stopped' as const, againMs: 0, slots: null } }
    const taken = Math.min(count, waiting[destinationId]!)
    waiting[destinationId]! -= taken
    const claims = Array.from({ length: taken }, () => ({ id: String(++number), destinationId }) as Claim)
    const state = waiting[destinationId]! > 0 ? ('more' as const) : ('drained' as const)
    return { claims, lane: { destinationId, state, againMs: 0, slots: null } }
  }
  const dispatcher = createDispatcher({
    async claim(wishes) {
      const taken = wishes.map(take)
      return { claims: taken.flatMap(({ claims }) => claims), lanes: taken.map(({ lane }) => lane) }
    },
    loadAhead: () => {},
    unclaim: async () => {},
    deliver,
    ownersOf: async (ids) =>
      ids.map((destinationId) => ({ destinationId, userId: destinationId.split('-')[0]! })),
    dueLanes: async () => [],
    stopped: (destinationId) => void stopped.push(destinationId),
    logger: console,
    slots: 100,
    bookCrash: async () => true,
    broke: async () => {},
    failuresToOpen: 10,
    leaseMs: 15_000,
  })
  return Object.assign(dispatcher, { paused, stopped })
}

const waiting = { timeout: 20_000 }

describe('createDispatcher', () => {
  it.each([0, 1, 2, 3, 5])(
    'delivers everything after one wake() when attempts end after %i microtasks',
    async (steps) => {
      let delivered = 0
      const dispatcher = dispatcherOver({ 'ann-1': 2000 }, async () => {
        for (let step = 0; step < steps; step++) await null
        delivered++
      })
      await dispatcher.wake(['ann-1'])
      await vi.waitFor(() => expect(delivered).toBe(2000), waiting)
    },
  )

  it('leaves a slot for a new user when all attempts of other users hang', async () => {
    const flying: string[] = []
    const dispatcher = dispatcherOver(
      { 'ann-1': 5000, 'ann-2': 5000, 'bob-1': 5000, 'cyd-1': 1 },
      ({ destinationId }) => (flying.push(destinationId), new Promise(() => {})),
    )
    const held = (who: string) => flying.filter((lane) => lane.startsWith(who)).length
    await dispatcher.wake(['ann-1'])
    await vi.waitFor(() => expect(held('ann-1')).toBe(50), waiting)
    await dispatcher.wake(['ann-2'])
    await vi.waitFor(() => expect(held('ann')).toBe(67), waiting)
    await dispatcher.wake(['bob-1'])
    await vi.waitFor(() => expect(held('bob')).toBeGreaterThan(10), waiting)
    await dispatcher.wake(['cyd-1'])
    await vi.waitFor(() => expect(held('cyd')).toBe(1), waiting)
    expect(flying.length).toBeLessThan(100)
  })

  it("delivers to a user's other destinations when one destination hangs", async () => {
    let delivered = 0
    const dispatcher = dispatcherOver({ 'ann-dead': 5000, 'ann-well': 300 }, async ({ destinationId }) => {
      if (destinationId === 'ann-dead') return new Promise(() => {})
      delivered++
    })
    await dispatcher.wake(['ann-dead', 'ann-well'])
    await vi.waitFor(() => expect(delivered).toBe(300), waiting)
  })

  it('reports a destination stopped while its prefetched deliveries waited', async () => {
    let begun = 0
    let end = () => {}
    const lanes = { 'ann-1': 560 }
    const dispatcher = dispatcherOver(lanes, async () => {
      if (++begun > 500) return new Promise((resolve) => (end = resolve))
      await sleep(20)
    })
    await dispatcher.wake(['ann-1'])
    await vi.waitFor(() => expect(dispatcher.flying).toBe(50), waiting)
    await vi.waitFor(() => expect(begun).toBe(550), waiting)
    await vi.waitFor(() => expect(lanes['ann-1'], 'all are claimed').toBe(0), waiting)
    expect(dispatcher.claimedIds()).toHaveLength(60)

    dispatcher.paused.add('ann-1')
    await vi.waitFor(async () => {
      await dispatcher.unstock()
      expect(dispatcher.claimedIds()).toHaveLength(50)
    }, waiting)
    end()
    await vi.waitFor(() => expect(dispatcher.stopped).toContain('ann-1'), waiting)
  })
})
