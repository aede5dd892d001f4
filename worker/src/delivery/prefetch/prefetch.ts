import type { Claim, ClaimRequest } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { monotonicMs } from '@whook/runtime/clock'
import type { Logger } from '@whook/runtime/logger'
import type { Claims } from '../claim/claim.js'
import type { EngineEvents } from '../engine-events.js'
import type { RequestLoader } from './request-loader.js'
import { createSlots, prefetchFactor, type DestinationSign } from './slots.js'

interface PrefetchParts {
  claims: Claims
  requests: Pick<RequestLoader, 'loadAhead' | 'forget'>
  events: EngineEvents
  logger: Pick<Logger, 'error'>
  /** Maximum attempts in flight. A result that waits to be recorded does not hold a slot. */
  slots: number
  failuresToOpen: number
  leaseMs: number
}

/** Destination queues in one claim: bounds how long one statement holds their locks. */
const queuesPerClaim = 64
/**
 * Deliveries claimed and not recorded, as a multiple of the slots. Bounds the backlog when the database records
 * slowly.
 */
const unrecordedFactor = 8
/** Maximum deliveries claimed and not recorded by one worker. The prefetch of one claim may exceed the bound. */
export const claimedMax = (slots: number) => slots * (unrecordedFactor + prefetchFactor)
/**
 * Milliseconds a claimed delivery waits for a slot. A longer wait means: the destination hangs, is paused or its
 * circuit is open.
 */
const staleMs = 1000
const afterFailedClaimMs = 500

/**
 * Keeps the worker's slots filled with due deliveries. Claims when a slot is free and a destination queue may have
 * due deliveries. Sends one claim at a time: the next claim includes all changes since.
 */
export function createPrefetch(parts: PrefetchParts) {
  const { claims, requests, events, logger, slots: slotsMax, failuresToOpen, leaseMs } = parts
  const { queues } = claims
  const startWithinMs = leaseMs / 3
  const slots = createSlots({ queues, slots: slotsMax, now: monotonicMs, failuresToOpen, startWithinMs })
  /** Claimed and not started. Contains deliveries that are put back until PostgreSQL has them. */
  const waiting = new Set<Claim>()
  /** Started and not finished: in flight, or its result is not yet recorded. */
  const started = new Map<Claim, 'attempting' | 'recording'>()
  let filling = false
  let filled: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let onDrained = () => {}

  events.on('queueReady', fill)

  function fill() {
    if (!filling) filled = claimUntilFull()
  }

  async function claimUntilFull() {
    filling = true
    try {
      while (!closed) {
        clearTimeout(timer)
        const sleepMs = queues.wakeSleepers()
        if (sleepMs !== undefined) timer = setTimeout(fill, sleepMs)
        if (started.size + waiting.size >= slotsMax * unrecordedFactor) return
        const claimRequests = slots.claimRequests(queuesPerClaim)
        if (claimRequests.length === 0) return
        await claimAndAdd(claimRequests)
      }
    } finally {
      // Reset in the same step that finds nothing to claim, otherwise a concurrent fill() is lost.
      filling = false
    }
  }

  async function claimAndAdd(claimRequests: ClaimRequest[]) {
    try {
      const result = await claims.claim(claimRequests)
      requests.loadAhead(result.claims)
      for (const claim of result.claims) {
        waiting.add(claim)
        slots.addClaimed(claim, result.claimSentAt)
      }
      for (const state of result.queues) slots.endClaim(state)
      events.publish('startable')
    } catch (error) {
      logger.error({ err: error }, 'deliveries.claim-failed')
      queues.failClaim(claimRequests)
      await new Promise((resolve) => setTimeout(resolve, afterFailedClaimMs))
    }
  }

  /** Puts claimed deliveries back that this worker will not start. */
  async function putBack(returned: readonly Claim[]) {
    if (returned.length === 0) return
    const ids = returned.map(({ id }) => id)
    for (const id of ids) requests.forget(id)
    try {
      await claims.unclaim(ids)
    } finally {
      // Also when PostgreSQL is unavailable: the leases are no longer renewed, so they expire.
      for (const claim of returned) waiting.delete(claim)
    }
    // If a destination was stopped meanwhile, the next claim reports it, and its returned deliveries are held.
    await claims.notifyDue([...new Set(returned.map(({ destinationId }) => destinationId))])
  }

  function putBackSoon(returned: readonly Claim[]) {
    if (returned.length === 0) return
    putBack(returned).catch((error: unknown) => logger.error({ err: error }, 'deliveries.unclaim-failed'))
  }

  function releaseSlot(claim: Claim, sign: DestinationSign) {
    started.set(claim, 'recording')
    slots.releaseSlot(claim, sign)
    events.publish('startable')
    fill()
  }

  return {
    /** Returns the attempts in flight. */
    get inFlight() {
      return slots.inFlight
    },
    /** Returns the deliveries whose leases this worker must renew. */
    claimedIds: () => [...started.keys(), ...waiting].map(({ id }) => id),

    /** Returns the next delivery to start, and takes a slot for it. */
    takeNext(): Claim | undefined {
      const claim = slots.takeNext()
      if (claim) {
        waiting.delete(claim)
        started.set(claim, 'attempting')
      }
      return claim
    },

    /** The attempt ended and its result is not yet recorded. */
    releaseSlot,

    /** The result is recorded, or the attempt ended without one. Its slot is freed if it still holds one. */
    finish(claim: Claim) {
      if (started.get(claim) === 'attempting') releaseSlot(claim, null)
      started.delete(claim)
      // A suspect whose lease was lost never loaded its request.
      requests.forget(claim.id)
      putBackSoon(slots.recorded(claim))
      fill()
      if (started.size === 0) onDrained()
    },

    /** Puts back deliveries that waited too long for a slot: settings and circuits may have changed since the claim. */
    releaseStale: () => putBack(slots.releaseStale(staleMs)),

    /** Puts back the prefetched deliveries of these destinations, because their settings or circuits changed. */
    release: (destinationIds: string[]) => putBackSoon(slots.release(destinationIds)),

    /** Stops claiming and waits for attempts in flight. Returns the number still in flight after `drainMs`. */
    async close(drainMs: number): Promise<number> {
      closed = true
      claims.close()
      clearTimeout(timer)
      await filled
      await putBack(slots.releaseStale(0)).catch((error: unknown) =>
        logger.error({ err: error }, 'deliveries.unclaim-failed'),
      )
      if (started.size > 0) {
        let deadline: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          onDrained = resolve
          deadline = setTimeout(resolve, drainMs)
        })
        clearTimeout(deadline)
      }
      return started.size
    },
  }
}

export type Prefetch = ReturnType<typeof createPrefetch>
