import type { MadeDelivery } from '@whook/drizzle/store/store-batch'
import type { CapturedRequest } from '@whook/shared'
import { deliveriesByRequest, dueDestinations, storedMessage, type Announcer } from '@whook/runtime/announcer'

interface AnnounceStoredDeps {
  /** Marks duplicates. Returns the id of the first request by the id of its duplicate. Must not reject. */
  mark: (requests: CapturedRequest[]) => Promise<Map<string, string>>
  announcer: Pick<Announcer, 'tell' | 'deliveriesDue'>
  /** Called with the number of requests that are not marked because too many wait. */
  onUnmarked: (requests: number) => void
  /** Maximum number of requests that wait to be marked. Their bodies are not kept. */
  waitingMax?: number
}

interface Waiting {
  request: CapturedRequest
  deliveries: readonly { status: string }[]
}

/** Requests marked by one statement. */
const markedAtOnce = 500

/**
 * Runs after the commit of a batch: wakes its destinations immediately, then marks duplicates and publishes the
 * requests. The sender does not wait for this: the batch is durable, and a slow mark is not a reason for 503.
 */
export function createAnnounceStored({ mark, announcer, onUnmarked, waitingMax = 2000 }: AnnounceStoredDeps) {
  const waiting: Waiting[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.splice(0, markedAtOnce)
      const duplicates = await mark(taken.map(({ request }) => request))
      for (const { request, deliveries } of taken)
        announcer.tell(request.userId, storedMessage(request, deliveries, duplicates.get(request.id)))
    }
    draining = undefined
  }

  return {
    add(requests: readonly CapturedRequest[], made: readonly MadeDelivery[]) {
      announcer.deliveriesDue(dueDestinations(made))
      const byRequest = deliveriesByRequest(made)
      for (const { text: _text, base64: _base64, ...request } of requests)
        waiting.push({ request, deliveries: byRequest.get(request.id) ?? [] })

      const overflow = waiting.splice(0, Math.max(0, waiting.length - waitingMax))
      if (overflow.length > 0) onUnmarked(overflow.length)
      for (const userId of new Set(overflow.map(({ request }) => request.userId)))
        announcer.tell(userId, { type: 'gap' })
      draining ??= drain()
    },
    /** Resolves when nothing waits. */
    async drained(): Promise<void> {
      await draining
    },
  }
}
