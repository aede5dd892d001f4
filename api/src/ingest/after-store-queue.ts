import type { MadeDelivery } from '@whook/drizzle/queries/request/store-batch'
import type { CapturedRequest } from '@whook/shared'
import { toStored, type AfterStore, type StoredRequest } from '@whook/runtime/after-store'
import type { Announcer } from '@whook/runtime/announcer'

interface AfterStoreQueueSettings {
  afterStore: Pick<AfterStore, 'wake' | 'markAndPublish'>
  announcer: Pick<Announcer, 'publish'>
  /** Called with the number of requests that are not marked because too many wait. */
  onUnmarked: (requests: number) => void
  /** Maximum number of requests that wait to be marked. Their bodies are not kept. */
  waitingMax?: number
}

/** Requests marked by one statement. */
const markedAtOnce = 500

/**
 * Runs the steps after the commit of a batch: wakes its destinations immediately, marks and publishes its requests in
 * the background, together with those of other batches. The sender does not wait for this: the batch is durable, and a
 * slow mark is not a reason for 503.
 */
export function createAfterStoreQueue({
  afterStore,
  announcer,
  onUnmarked,
  waitingMax = 2000,
}: AfterStoreQueueSettings) {
  const waiting: StoredRequest[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.length > 0) await afterStore.markAndPublish(waiting.splice(0, markedAtOnce))
    draining = undefined
  }

  return {
    add(requests: readonly CapturedRequest[], made: readonly MadeDelivery[]) {
      afterStore.wake(made)
      waiting.push(...toStored(requests, made))

      const overflow = waiting.splice(0, Math.max(0, waiting.length - waitingMax))
      if (overflow.length > 0) onUnmarked(overflow.length)
      for (const userId of new Set(overflow.map((request) => request.userId)))
        announcer.publish(userId, { type: 'gap' })
      draining ??= drain()
    },
    /** Resolves when nothing waits. */
    async drained(): Promise<void> {
      await draining
    },
  }
}
