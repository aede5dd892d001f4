import type { LiveMessage } from '@whook/shared'
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
  let hasFailed = false

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
      hasFailed = false
    } catch (error) {
      if (!hasFailed) logger.warn({ err: error }, 'announcer.not-sent')
      hasFailed = true
      failed()
    }
  }

  return {
    publish(userId: string, ...messages: LiveMessage[]) {
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
