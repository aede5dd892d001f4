import type { ClaimRequest, QueueState } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { createDestinationQueue, type DestinationQueue } from '../destination-queue.js'
import { createRoundRobin } from '../round-robin.js'
import { createWakeQueue } from './wake-queue.js'

interface QueueStatesSettings {
  /** Maximum attempts in flight in this worker. */
  slots: number
  /** Monotonic milliseconds. */
  now: () => number
}

/** Keeps the state of each destination queue: whether it may have due deliveries, and when it may be claimed again. */
export function createQueueStates({ slots, now }: QueueStatesSettings) {
  const queues = new Map<string, DestinationQueue>()
  const sleeping = createWakeQueue<DestinationQueue>()
  /** Ready and not halted. */
  const claimable = createRoundRobin<DestinationQueue>()

  function setReady(queue: DestinationQueue) {
    queue.state = 'ready'
    if (queue.haltedBy === null) claimable.add(queue)
  }

  function sleep(queue: DestinationQueue, ms: number, busy: boolean) {
    queue.state = 'asleep'
    queue.busy = busy
    queue.wakeAt = now() + ms
    sleeping.add(queue.wakeAt, queue)
  }

  function removeIfIdle(queue: DestinationQueue) {
    const used = queue.inFlight > 0 || queue.prefetched.length > 0 || queue.haltedBy !== null
    if (queue.state === 'idle' && !used) queues.delete(queue.destinationId)
  }

  /** Notes that the destination may have due deliveries. A sleeping queue continues to sleep. */
  function notifyDue(destinationId: string, userId: string) {
    let queue = queues.get(destinationId)
    if (!queue) {
      queue = createDestinationQueue(destinationId, userId, { slots, now })
      queues.set(destinationId, queue)
    }
    if (queue.state === 'idle' || (queue.state === 'asleep' && queue.wakeAt <= now())) setReady(queue)
    else if (queue.state === 'claiming') queue.dueWhileClaiming = true
  }

  return {
    claimable,
    get: (destinationId: string) => queues.get(destinationId),
    values: () => queues.values(),
    notifyDue,
    removeIfIdle,

    /** PostgreSQL found deliveries that may be sent now, so the reason to sleep ended. */
    markReady(destinationId: string, userId: string) {
      const queue = queues.get(destinationId)
      if (queue?.state === 'asleep') setReady(queue)
      else notifyDue(destinationId, userId)
    },

    beginClaim(queue: DestinationQueue) {
      claimable.remove(queue)
      queue.state = 'claiming'
    },

    endClaim(queue: DestinationQueue, { state, againMs }: QueueState) {
      const dueAgain = queue.dueWhileClaiming
      queue.dueWhileClaiming = false
      if (state === 'more' || (dueAgain && state === 'drained')) setReady(queue)
      else if (state === 'drained' || state === 'stopped' || state === 'gone') {
        queue.state = 'idle'
        removeIfIdle(queue)
      } else sleep(queue, againMs, state === 'busy')
    },

    /** A claim failed: its destination queues are ready to be claimed again. */
    failClaim(requests: ClaimRequest[]) {
      for (const { destinationId } of requests) {
        const queue = queues.get(destinationId)
        if (queue?.state === 'claiming') setReady(queue)
      }
    },

    /** Stops claims until the result of this delivery is recorded. */
    halt(queue: DestinationQueue, deliveryId: string) {
      queue.haltedBy = deliveryId
      claimable.remove(queue)
    },

    endHalt(queue: DestinationQueue) {
      queue.haltedBy = null
    },

    /** Makes a ready queue claimable again, after its halt ended or its prefetched deliveries were put back. */
    resume(queue: DestinationQueue) {
      if (queue.state === 'ready') setReady(queue)
      removeIfIdle(queue)
    },

    /** An attempt was recorded: the destination may be below its max concurrency again. */
    wakeIfBusy(queue: DestinationQueue) {
      if (queue.state === 'asleep' && queue.busy) setReady(queue)
    },

    /**
     * Wakes the destination queues whose sleep ended. Returns the milliseconds until the next one wakes, if any
     * sleeps.
     */
    wakeSleepers(): number | undefined {
      for (let next = sleeping.first(); next; next = sleeping.first()) {
        const { at, value: queue } = next
        const sleeps = queue.state === 'asleep' && queue.wakeAt === at
        if (sleeps && at > now()) return at - now()
        sleeping.removeFirst()
        if (sleeps) setReady(queue)
      }
      return undefined
    },
  }
}

export type QueueStates = ReturnType<typeof createQueueStates>
