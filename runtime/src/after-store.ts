import type { CapturedRequest } from '@whook/shared'
import type { Announcer } from './announcer.js'
import { deliveryKey } from './delivery-key.js'
import type { Logger } from './logger.js'
import { storedMessage, type StoredMessage } from './stored-message.js'

interface CreatedDelivery {
  requestId: string
  destinationId: string
  status: string
}

export interface KeyedRequest {
  id: string
  /** Requests with the same key are the same delivery of the sender; null without an id of the sender. */
  deliveryKey: string | null
}

/** The part of a stored request that is still needed: its body is not kept. */
export interface StoredRequest extends KeyedRequest {
  userId: string
  message: StoredMessage
}

interface AfterStoreSteps {
  /** Marks duplicates. Resolves to the id of the first request by the id of its duplicate. */
  mark: (requests: readonly KeyedRequest[]) => Promise<ReadonlyMap<string, string>>
  announcer: Pick<Announcer, 'publish' | 'deliveriesDue'>
  /** Called with the destinations of new due deliveries: the own process need not wait for the live bus. */
  onDue?: (destinationIds: string[]) => void
  logger: Pick<Logger, 'warn'>
}

/**
 * The steps after the commit of a batch, in the api and in the worker: wake the destinations, mark duplicates, publish
 * the requests. A failed mark is logged, and the requests are published without it.
 */
export function createAfterStore({ mark, announcer, onDue, logger }: AfterStoreSteps) {
  async function duplicatesOf(stored: readonly StoredRequest[]): Promise<ReadonlyMap<string, string>> {
    try {
      return await mark(stored)
    } catch (error) {
      logger.warn({ err: error }, 'duplicates.not-marked')
      return new Map()
    }
  }

  /** The first step, because deliveries do not wait for marks. */
  function wake(created: readonly CreatedDelivery[]) {
    const due = dueDestinations(created)
    if (due.length === 0) return
    announcer.deliveriesDue(due)
    onDue?.(due)
  }

  /** Marks the duplicates of one or several batches, then publishes the requests. */
  async function markAndPublish(stored: readonly StoredRequest[]): Promise<void> {
    const duplicates = await duplicatesOf(stored)
    for (const { userId, id, message } of stored) {
      message.request.duplicateOf = duplicates.get(id) ?? null
      announcer.publish(userId, message)
    }
  }

  return {
    wake,
    markAndPublish,
    /**
     * Runs all steps. For a batch that was stored before, `created` is undefined: only the marks are repeated, because
     * the process that stored the batch may have ended before this step.
     */
    async run(requests: readonly CapturedRequest[], created?: readonly CreatedDelivery[]): Promise<void> {
      if (created) wake(created)
      const stored = toStored(requests, created ?? [])
      if (created) await markAndPublish(stored)
      else await duplicatesOf(stored)
    },
  }
}

export type AfterStore = ReturnType<typeof createAfterStore>

/** Returns the part of each request that the steps need. */
export function toStored(
  requests: readonly CapturedRequest[],
  created: readonly CreatedDelivery[],
): StoredRequest[] {
  const byRequest = deliveriesByRequest(created)
  return requests.map((request) => ({
    id: request.id,
    userId: request.userId,
    deliveryKey: deliveryKey(request.webhookId, request.headers, request.text),
    message: storedMessage(request, byRequest.get(request.id) ?? []),
  }))
}

function deliveriesByRequest(created: readonly CreatedDelivery[]): Map<string, CreatedDelivery[]> {
  const byRequest = new Map<string, CreatedDelivery[]>()
  for (const delivery of created) {
    const others = byRequest.get(delivery.requestId)
    if (others) others.push(delivery)
    else byRequest.set(delivery.requestId, [delivery])
  }
  return byRequest
}

/** Returns the ids of destinations with due deliveries, without repeats. */
const dueDestinations = (created: readonly CreatedDelivery[]): string[] => [
  ...new Set(created.flatMap(({ status, destinationId }) => (status === 'pending' ? [destinationId] : []))),
]
