import type { ControlMessage, LiveEnvelope } from '../src/live.js'
import { postgresLiveBus } from './live-buses/postgres.js'
import { redisLiveBus } from './live-buses/redis.js'
import type { Logger } from './logger.js'

export interface LiveBusHandlers {
  live: (envelope: LiveEnvelope) => void
  control: (message: ControlMessage) => void
  /** The connection was lost and is back: messages may have been missed, caches must be dropped. */
  gap: () => void
}

/** Between processes: Redis pub/sub, or LISTEN/NOTIFY. At most once; whoever needs certainty reads the database. */
export interface LiveBus {
  /** Resolves when handed over; a bus that is away loses them and rejects. */
  publish: (envelopes: LiveEnvelope[]) => Promise<void>
  control: (message: ControlMessage) => Promise<void>
  /** Resolves when subscribed, with the way to stop. */
  subscribe: (handlers: LiveBusHandlers) => Promise<() => Promise<void>>
  close: () => Promise<void>
}

export interface LiveBusOptions {
  databaseUrl: string
  redisUrl?: string
  logger: Pick<Logger, 'warn'>
  /** Kept apart from other installations, or tests, on the same server. */
  prefix?: string
}

/** What travels: one of the two kinds. */
export type BusMessage = { live: LiveEnvelope[] } | { control: ControlMessage }

export function createLiveBus(options: LiveBusOptions): LiveBus {
  return options.redisUrl
    ? redisLiveBus({ ...options, redisUrl: options.redisUrl })
    : postgresLiveBus(options)
}

/** Shared by both buses: unpack, hand out, and survive a message that is not ours. */
export function dispatchTo(
  handlers: Iterable<LiveBusHandlers>,
  text: string,
  logger: Pick<Logger, 'warn'>,
): void {
  let message: BusMessage
  try {
    message = JSON.parse(text) as BusMessage
  } catch (error) {
    logger.warn({ err: error }, 'live-bus.unreadable')
    return
  }
  for (const handler of handlers) {
    if ('live' in message) message.live.forEach(handler.live)
    else handler.control(message.control)
  }
}
