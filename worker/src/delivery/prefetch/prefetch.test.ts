import type { Claim, ClaimRequest } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createClaims } from '../claim/claim.js'
import { createEngineEvents } from '../engine-events.js'
import { createPrefetch } from './prefetch.js'

/** `waiting`: number of due deliveries by destination. The name of a destination is `<user>-<name>`. */
function prefetchOver(waiting: Record<string, number>, deliver: (claim: Claim) => Promise<void>) {
  let number = 0
  const paused = new Set<string>()
  const forgotten: string[] = []
  const events = createEngineEvents()
  const take = ({ destinationId, count }: ClaimRequest) => {
    if (paused.has(destinationId))
      return { claims: [], queue: { destinationId, state: 'stopped' as const, againMs: 0, slots: null } }
    const taken = Math.min(count, waiting[destinationId]!)
    waiting[destinationId]! -= taken
    const claims = Array.from({ length: taken }, () => ({ id: String(++number), destinationId }) as Claim)
    const state = waiting[destinationId]! > 0 ? ('more' as const) : ('drained' as const)
    return { claims, queue: { destinationId, state, againMs: 0, slots: null } }
  }
  const ownersOf = async (ids: string[]) =>
    ids.map((destinationId) => ({ destinationId, userId: destinationId.split('-')[0]! }))
  const statements = {
    async claim(requests: ClaimRequest[]) {
      const taken = requests.map(take)
      return { claims: taken.flatMap(({ claims }) => claims), queues: taken.map(({ queue }) => queue) }
    },
    unclaim: async (ids: string[]) => ids.length,
    ownersOf,
    dueQueues: async () => [],
  }
  const slots = 100
  const claims = createClaims({ statements, events, slots })
  const requests = { loadAhead: () => {}, forget: (id: string) => void forgotten.push(id) }
  const logger = console
  const prefetch = createPrefetch({
    claims,
    requests,
    events,
    logger,
    slots,
    failuresToOpen: 10,
    leaseMs: 15_000,
  })
  async function start(claim: Claim) {
    await deliver(claim)
    prefetch.finish(claim)
  }
  events.on('startable', () => {
    for (let next = prefetch.takeNext(); next; next = prefetch.takeNext()) void start(next)
  })
  return { claims, prefetch, paused, forgotten }
}

const waiting = { timeout: 20_000 }

describe('createPrefetch', () => {
  it.each([0, 1, 2, 3, 5])(
    'delivers everything after one notification when attempts end after %i microtasks',
    async (steps) => {
      let delivered = 0
      const { claims } = prefetchOver({ 'ann-1': 2000 }, async () => {
        for (let step = 0; step < steps; step++) await null
        delivered++
      })
      await claims.notifyDue(['ann-1'])
      await vi.waitFor(() => expect(delivered).toBe(2000), waiting)
    },
  )

  it('leaves a slot for a new user when all attempts of other users hang', async () => {
    const inFlight: string[] = []
    const { claims } = prefetchOver(
      { 'ann-1': 5000, 'ann-2': 5000, 'bob-1': 5000, 'cyd-1': 1 },
      ({ destinationId }) => (inFlight.push(destinationId), new Promise(() => {})),
    )
    const held = (who: string) => inFlight.filter((queue) => queue.startsWith(who)).length
    await claims.notifyDue(['ann-1'])
    await vi.waitFor(() => expect(held('ann-1')).toBe(50), waiting)
    await claims.notifyDue(['ann-2'])
    await vi.waitFor(() => expect(held('ann')).toBe(67), waiting)
    await claims.notifyDue(['bob-1'])
    await vi.waitFor(() => expect(held('bob')).toBeGreaterThan(10), waiting)
    await claims.notifyDue(['cyd-1'])
    await vi.waitFor(() => expect(held('cyd')).toBe(1), waiting)
    expect(inFlight.length).toBeLessThan(100)
  })

  it("delivers to a user's other destinations when one destination hangs", async () => {
    let delivered = 0
    const { claims } = prefetchOver({ 'ann-dead': 5000, 'ann-well': 300 }, async ({ destinationId }) => {
      if (destinationId === 'ann-dead') return new Promise(() => {})
      delivered++
    })
    await claims.notifyDue(['ann-dead', 'ann-well'])
    await vi.waitFor(() => expect(delivered).toBe(300), waiting)
  })

  it('reports a destination stopped while its prefetched deliveries waited', async () => {
    let begun = 0
    let end = () => {}
    const due = { 'ann-1': 560 }
    const { claims, prefetch, paused } = prefetchOver(due, async () => {
      if (++begun > 500) return new Promise((resolve) => (end = resolve))
      await sleep(20)
    })
    await claims.notifyDue(['ann-1'])
    await vi.waitFor(() => expect(prefetch.inFlight).toBe(50), waiting)
    await vi.waitFor(() => expect(begun).toBe(550), waiting)
    await vi.waitFor(() => expect(due['ann-1'], 'all are claimed').toBe(0), waiting)
    expect(prefetch.claimedIds()).toHaveLength(60)

    paused.add('ann-1')
    await vi.waitFor(async () => {
      await prefetch.releaseStale()
      expect(prefetch.claimedIds()).toHaveLength(50)
    }, waiting)
    end()
    await vi.waitFor(() => expect(claims.takeStopped()).toContain('ann-1'), waiting)
  })

  it('drops the request of a delivery that ended before it was loaded', async () => {
    const { claims, prefetch, forgotten } = prefetchOver({ 'ann-1': 1 }, async () => {})
    await claims.notifyDue(['ann-1'])
    await vi.waitFor(() => expect(forgotten).toEqual(['1']), waiting)
    expect(prefetch.inFlight).toBe(0)
    expect(prefetch.claimedIds()).toEqual([])
  })
})
