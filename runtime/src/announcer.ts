import type { CapturedRequest, LiveMessage, RequestSummary } from '@whook/shared'
import type { LiveBus } from './live-bus/live-bus.js'
import type { Logger } from './logger.js'

interface AnnouncerOptions {
  liveBus: Pick<LiveBus, 'publish' | 'control'>
  logger: Pick<Logger, 'warn'>
  /** Minimum milliseconds between two sends. Messages of this time are sent together; the first after a pause immediately. */
  gatherMs?: number
  /** Messages kept while the bus is slow. Over this limit, a gap message replaces them. */
  waitingMax?: number
}

/** Milliseconds until the next attempt to publish a gap message after a failure. */
const retryMs = 500

/**
 * Publishes committed changes to the other processes, collected over a few milliseconds. Best effort: never blocks or
 * fails the caller. When the bus is unavailable, it logs one line, and later publishes a gap: browsers then reload.
 */
export function createAnnouncer({ liveBus, logger, gatherMs = 5, waitingMax = 5000 }: AnnouncerOptions) {
  let byUser = new Map<string, LiveMessage[]>()
  let due = new Set<string>()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let sentAt = -Infinity
  let sending: Promise<void> = Promise.resolve()
  /** True after a failed send: logs once per outage, not per attempt. */
  let isAway = false

  function schedule() {
    timer ??= setTimeout(
      () => {
        timer = undefined
        sentAt = performance.now()
        sending = sending.then(send)
      },
      Math.max(0, sentAt + gatherMs - performance.now()),
    )
  }

  async function send() {
    const envelopes = [...byUser].map(([userId, messages]) => ({ userId, messages }))
    const destinationIds = [...due]
    byUser = new Map()
    due = new Set()
    waiting = 0
    // Independent of each other. A lost deliveries.due message only delays the workers until their next poll.
    await Promise.all([
      destinationIds.length > 0 && attempt(liveBus.control({ type: 'deliveries.due', destinationIds })),
      envelopes.length > 0 &&
        attempt(liveBus.publish(envelopes), () => {
          for (const { userId } of envelopes) byUser.set(userId, [{ type: 'gap' }])
          setTimeout(schedule, retryMs).unref()
        }),
    ])
  }

  async function attempt(sent: Promise<void>, failed = () => {}) {
    try {
      await sent
      isAway = false
    } catch (error) {
      if (!isAway) logger.warn({ err: error }, 'announcer.not-sent')
      isAway = true
      failed()
    }
  }

  return {
    tell(userId: string, ...messages: LiveMessage[]) {
      waiting += messages.length
      const list = byUser.get(userId)
      if (waiting > waitingMax) byUser.set(userId, [{ type: 'gap' }])
      else if (list) list.push(...messages)
      else byUser.set(userId, messages)
      schedule()
    },
    deliveriesDue(destinationIds: Iterable<string>) {
      for (const id of destinationIds) due.add(id)
      if (due.size > 0) schedule()
    },
    async close() {
      clearTimeout(timer)
      await sending
      await send()
    },
  }
}

export type Announcer = ReturnType<typeof createAnnouncer>

interface CreatedDelivery {
  requestId: string
  destinationId: string
  status: string
}

/** Publishes a committed batch: live messages of its requests and its due destinations. Returns the due destinations. */
export function announceStored(
  { tell, deliveriesDue }: Pick<Announcer, 'tell' | 'deliveriesDue'>,
  requests: readonly CapturedRequest[],
  made: readonly CreatedDelivery[],
  duplicates: ReadonlyMap<string, string>,
): string[] {
  const byRequest = deliveriesByRequest(made)
  for (const request of requests)
    tell(request.userId, storedMessage(request, byRequest.get(request.id) ?? [], duplicates.get(request.id)))
  const due = dueDestinations(made)
  deliveriesDue(due)
  return due
}

export function deliveriesByRequest(made: readonly CreatedDelivery[]): Map<string, CreatedDelivery[]> {
  const byRequest = new Map<string, CreatedDelivery[]>()
  for (const delivery of made) {
    const others = byRequest.get(delivery.requestId)
    if (others) others.push(delivery)
    else byRequest.set(delivery.requestId, [delivery])
  }
  return byRequest
}

/** Returns the ids of destinations with due deliveries, without repeats. */
export const dueDestinations = (made: readonly CreatedDelivery[]): string[] => [
  ...new Set(made.flatMap(({ status, destinationId }) => (status === 'pending' ? [destinationId] : []))),
]

/** Returns the live message for a stored request, before its first attempt. */
export function storedMessage(
  request: CapturedRequest,
  deliveries: readonly Pick<CreatedDelivery, 'status'>[],
  duplicateOf: string | null = null,
): LiveMessage {
  const filtered = deliveries.filter(({ status }) => status === 'filtered').length
  const summary: RequestSummary = {
    id: request.id,
    webhookId: request.webhookId,
    method: request.method,
    path: request.path,
    query: request.query,
    contentType: request.contentType,
    size: request.size,
    event: request.event,
    verification: request.verification,
    refused: request.refused ?? false,
    remoteAddress: request.remoteAddress,
    duplicateOf,
    replayOf: null,
    receivedAt: new Date(request.receivedAt).toISOString(),
    deliveries: {
      total: deliveries.length,
      delivered: 0,
      waiting: deliveries.length - filtered,
      retrying: 0,
      failed: 0,
      recovered: 0,
      filtered,
      lastStatusCode: null,
      lastDurationMs: null,
    },
  }
  return { type: 'request.stored', request: summary }
}
