import type { Sql } from '@whook/drizzle'
import {
  claimDeliveries,
  dueQueues,
  unclaimDeliveries,
  type ClaimRequest,
  type LeaseHolder,
} from '@whook/drizzle/queries/delivery/claim-deliveries'
import { ownersOf } from '@whook/drizzle/queries/destination/load-settings'
import { monotonicMs } from '@whook/runtime/clock'
import type { EngineEvents } from '../engine-events.js'
import { createQueueStates } from './queue-states.js'

interface QueueOwner {
  destinationId: string
  userId: string
}

/** The statements of claiming. Tests replace them. */
export const createClaimStatements = (sql: Sql, holder: LeaseHolder) => ({
  /** Claims due deliveries of these destination queues, and returns the state of each queue. */
  claim: (requests: ClaimRequest[]) => claimDeliveries(sql, requests, holder),
  /** Puts claimed deliveries back that this worker did not start. */
  unclaim: (deliveryIds: string[]) => unclaimDeliveries(sql, holder, deliveryIds),
  /** Returns all destinations with due deliveries, created by any process. */
  dueQueues: (): Promise<QueueOwner[]> => dueQueues(sql),
  /** Returns the owners of the destinations. Omits deleted destinations. */
  ownersOf: (destinationIds: string[]): Promise<QueueOwner[]> => ownersOf(sql, destinationIds),
})

interface ClaimsParts {
  statements: ReturnType<typeof createClaimStatements>
  events: Pick<EngineEvents, 'publish'>
  /** Maximum attempts in flight in this worker. */
  slots: number
}

const pollEveryMs = 1000
const ownersMax = 10_000

/**
 * Knows which destination queues may have due deliveries: other parts notify it, and it polls. It claims from the
 * queues that `prefetch/prefetch.ts` chooses.
 */
export function createClaims({ statements, events, slots }: ClaimsParts) {
  const queues = createQueueStates({ slots, now: monotonicMs })
  const owners = new Map<string, QueueOwner>()
  const stopped = new Set<string>()
  let closed = false

  /** Cached: a destination never changes its owner. */
  async function loadOwners(destinationIds: string[]) {
    if (owners.size > ownersMax) owners.clear()
    for (const owner of await statements.ownersOf(destinationIds)) owners.set(owner.destinationId, owner)
  }

  return {
    queues,

    /** Optional wake-up: these destinations may have due deliveries. Polling finds them anyway. */
    async notifyDue(destinationIds: string[]) {
      if (closed) return
      const unknown = destinationIds.filter((id) => !owners.has(id))
      if (unknown.length > 0) await loadOwners(unknown)
      for (const { destinationId, userId } of destinationIds.flatMap((id) => owners.get(id) ?? []))
        queues.notifyDue(destinationId, userId)
      events.publish('queueReady')
    },

    /** Polls all destinations. Returns the milliseconds to wait: polling may take at most a tenth of the time. */
    async poll(): Promise<number> {
      const startedAt = monotonicMs()
      for (const { destinationId, userId } of await statements.dueQueues())
        queues.markReady(destinationId, userId)
      events.publish('queueReady')
      return Math.max(pollEveryMs, (monotonicMs() - startedAt) * 10)
    },

    /** Claims deliveries. The caller adds them to their queues, then ends the claim of each returned queue. */
    async claim(requests: ClaimRequest[]) {
      const claimSentAt = monotonicMs()
      const result = await statements.claim(requests)
      for (const { destinationId, state } of result.queues)
        if (state === 'stopped') stopped.add(destinationId)
      return { claims: result.claims, queues: result.queues, claimSentAt }
    },

    unclaim: statements.unclaim,

    /** The webhook is paused or the destination disabled while deliveries wait in its queue. */
    addStopped(destinationId: string) {
      stopped.add(destinationId)
    },
    /** Returns the destinations found stopped since the last call. */
    takeStopped(): string[] {
      const destinationIds = [...stopped]
      stopped.clear()
      return destinationIds
    },

    /** Accepts no wake-ups from now on. */
    close() {
      closed = true
    },
  }
}

export type Claims = ReturnType<typeof createClaims>
