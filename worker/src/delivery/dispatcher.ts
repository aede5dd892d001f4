import type { Claim, LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import type { Logger } from '@whook/runtime/logger'
import { createLanes, stockShare, type DestinationSign } from './lanes.js'
import { createTrials } from './trials.js'

interface DispatcherDeps {
  claim: (wishes: LaneWish[]) => Promise<{ claims: Claim[]; lanes: LaneState[] }>
  /** Called with the claimed deliveries before any of them starts. */
  loadAhead: (claims: Claim[]) => void
  /** Returns claimed deliveries that this worker will not start. */
  unclaim: (deliveryIds: string[]) => Promise<unknown>
  /** Resolves when the result is recorded. Calls `attempted` earlier, when the attempt itself ends. */
  deliver: (claim: Claim, attempted: (sign: DestinationSign) => void) => Promise<void>
  /**
   * Counts a crash in advance, for a delivery that may have killed workers before. Resolves to false when the lease
   * was lost.
   */
  bookCrash: (claim: Claim) => Promise<boolean>
  /** The attempt ended without a recorded result. */
  broke: (claim: Claim, error: unknown) => Promise<unknown>
  /** Resolves to the owners of the destinations. Omits deleted destinations. */
  ownersOf: (destinationIds: string[]) => Promise<{ destinationId: string; userId: string }[]>
  /** Resolves to all destinations with due deliveries, created by any process. */
  dueLanes: () => Promise<{ destinationId: string; userId: string }[]>
  /** The webhook is paused or the destination disabled while deliveries wait in its queue. */
  stopped: (destinationId: string) => void
  logger: Pick<Logger, 'error'>
  /** Maximum attempts in flight. A result that waits to be recorded does not hold a slot. */
  slots: number
  failuresToOpen: number
  leaseMs: number
}

/** Destination queues in one claim: bounds how long one statement holds their locks. */
const lanesPerClaim = 64
const lookEveryMs = 1000
const ownersKept = 10_000
/**
 * Deliveries claimed and not recorded, as a multiple of the slots. Bounds the backlog when the database records
 * slowly.
 */
const claimedShare = 8
/** Maximum deliveries claimed and not recorded by one worker. The prefetch of one claim may exceed the bound. */
export const claimedMax = (slots: number) => slots * (claimedShare + stockShare)
/**
 * Milliseconds a claimed delivery waits for a slot. A longer wait means: the destination hangs, is paused or its
 * circuit is open.
 */
const stockMs = 1000

/**
 * Keeps the worker's slots filled with due deliveries. Claims when a slot is free and a destination queue may have
 * due deliveries. Sends one claim at a time: the next claim includes all changes since.
 */
export function createDispatcher(deps: DispatcherDeps) {
  const { claim, loadAhead, unclaim, ownersOf, dueLanes, stopped, logger, slots, failuresToOpen } = deps
  const lanes = createLanes({
    slots,
    now: () => performance.now(),
    failuresToOpen,
    startWithinMs: deps.leaseMs / 3,
  })
  const deliver = createTrials(deps)
  const inFlight = new Map<string, Promise<void>>()
  const stocked = new Set<string>()
  const owners = new Map<string, { destinationId: string; userId: string }>()
  let running: Promise<void> = Promise.resolve()
  let filling = false
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function tick() {
    if (!filling) running = fill()
  }

  async function fill() {
    filling = true
    try {
      while (!closed) {
        clearTimeout(timer)
        const sleepMs = lanes.wakeSleepers()
        if (sleepMs !== undefined) timer = setTimeout(tick, sleepMs)
        if (inFlight.size + stocked.size >= slots * claimedShare) return
        const wishes = lanes.wishes(lanesPerClaim)
        if (wishes.length === 0) return
        await serve(wishes)
      }
    } finally {
      // Reset in the same step that finds nothing to claim, otherwise a concurrent tick() is lost.
      filling = false
    }
  }

  async function serve(wishes: LaneWish[]) {
    try {
      const askedAt = performance.now()
      const answer = await claim(wishes)
      loadAhead(answer.claims)
      for (const claimed of answer.claims) {
        stocked.add(claimed.id)
        lanes.took(claimed, askedAt)
      }
      for (const lane of answer.lanes) {
        lanes.answered(lane)
        if (lane.state === 'stopped') stopped(lane.destinationId)
      }
      startAll()
    } catch (error) {
      logger.error({ err: error }, 'deliveries.claim-failed')
      lanes.unanswered(wishes)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  function startAll() {
    for (let next = lanes.start(); next; next = lanes.start()) start(next)
  }

  function start(claimed: Claim) {
    stocked.delete(claimed.id)
    let flying = true
    const attempted = (sign: DestinationSign) => {
      if (!flying) return
      flying = false
      lanes.gave(claimed, sign)
      startAll()
      tick()
    }
    const done = deliver(claimed, attempted)
      .catch((error: unknown) => broke(claimed, error))
      .finally(() => {
        inFlight.delete(claimed.id)
        attempted(null)
        giveBack(lanes.recorded(claimed))
        tick()
      })
    inFlight.set(claimed.id, done)
  }

  async function broke(claimed: Claim, error: unknown) {
    logger.error({ err: error, deliveryId: claimed.id }, 'delivery.broke')
    // When this fails too, the lease expires and another worker claims the delivery.
    await deps
      .broke(claimed, error)
      .catch((why: unknown) => logger.error({ err: why }, 'delivery.not-given-up'))
  }

  function giveBack(given: Claim[]) {
    putBack(given).catch((error: unknown) => logger.error({ err: error }, 'deliveries.unclaim-failed'))
  }

  async function putBack(given: Claim[]) {
    if (given.length === 0) return
    const ids = given.map(({ id }) => id)
    try {
      await unclaim(ids)
    } finally {
      // Also when PostgreSQL is unavailable: the leases are no longer renewed, so they expire.
      for (const id of ids) stocked.delete(id)
    }
    // If a destination was stopped meanwhile, the next claim reports it, and its returned deliveries are held.
    await wake([...new Set(given.map(({ destinationId }) => destinationId))])
  }

  async function wake(destinationIds: string[]) {
    if (closed) return
    const unknown = destinationIds.filter((id) => !owners.has(id))
    if (unknown.length > 0) await learn(unknown)
    for (const { destinationId, userId } of destinationIds.flatMap((id) => owners.get(id) ?? []))
      lanes.call(destinationId, userId)
    tick()
  }

  /** Cached: a destination never changes its owner. */
  async function learn(destinationIds: string[]) {
    if (owners.size > ownersKept) owners.clear()
    for (const owned of await ownersOf(destinationIds)) owners.set(owned.destinationId, owned)
  }

  return {
    /** Optional wake-up: these destinations may have due deliveries. */
    wake,

    /** Polls all destinations. Resolves to the milliseconds to wait: polling may take at most a tenth of the time. */
    async look(): Promise<number> {
      const before = performance.now()
      for (const { destinationId, userId } of await dueLanes()) lanes.rouse(destinationId, userId)
      tick()
      return Math.max(lookEveryMs, (performance.now() - before) * 10)
    },

    /** Returns deliveries that waited too long for a slot: settings and circuits may have changed since the claim. */
    unstock: () => putBack(lanes.unstock(stockMs)),

    /** Returns the prefetched deliveries of these destinations, because their settings or circuits changed. */
    takeBack: (destinationIds: string[]) => giveBack(lanes.takeBack(destinationIds)),

    claimedIds: () => [...inFlight.keys(), ...stocked],
    get flying() {
      return lanes.flying
    },

    /** Stops claiming and waits for attempts in flight. Resolves to the number still in flight after `drainMs`. */
    async close(drainMs: number): Promise<number> {
      closed = true
      clearTimeout(timer)
      await running
      await putBack(lanes.unstock(0)).catch((error: unknown) =>
        logger.error({ err: error }, 'deliveries.unclaim-failed'),
      )
      let deadline: NodeJS.Timeout | undefined
      const timeUp = new Promise<void>((resolve) => {
        deadline = setTimeout(resolve, drainMs)
      })
      await Promise.race([Promise.all(inFlight.values()), timeUp])
      clearTimeout(deadline)
      return inFlight.size
    },
  }
}

export type Dispatcher = ReturnType<typeof createDispatcher>
