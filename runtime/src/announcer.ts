import type { CapturedRequest, LiveMessage, RequestSummary } from '@whook/shared'
import type { LiveBus } from './live-bus/live-bus.js'
import type { Logger } from './logger.js'

interface Options {
  liveBus: Pick<LiveBus, 'publish' | 'control'>
  logger: Pick<Logger, 'warn'>
  /** Milliseconds between two sends at the least: what comes in them leaves together. The first after a pause leaves at once. */
  gatherMs?: number
  /** Messages kept while the bus is slow; beyond it the listeners are told to fetch again. */
  waitingMax?: number
}

/** Until those whose messages were lost are told so again. */
const retryMs = 500

/**
 * Tells the other processes what was committed, a few milliseconds of it together. Never in the way of the work it
 * speaks of: a bus that is away costs a log line, and the browsers a refetch, which they are told of when it is back.
 */
export function createAnnouncer({ liveBus, logger, gatherMs = 5, waitingMax = 5000 }: Options) {
  let byUser = new Map<string, LiveMessage[]>()
  let due = new Set<string>()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let sentAt = -Infinity
  let sending: Promise<void> = Promise.resolve()
  /** Said in the log: once for each time, not for each try. */
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
    // One does not wait for the other to succeed: a wake that fails is made up for by the workers' next look.
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

/** What follows the commit of a batch: live messages of its requests, and the destinations that have something due. */
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

/** The destinations that new deliveries may be sent to now, each once. */
export const dueDestinations = (made: readonly CreatedDelivery[]): string[] => [
  ...new Set(made.flatMap(({ status, destinationId }) => (status === 'pending' ? [destinationId] : []))),
]

/** A stored request as a list row, before anything was delivered. */
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
