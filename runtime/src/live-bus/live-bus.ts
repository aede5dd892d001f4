import type { ControlMessage, LiveEnvelope } from '@whook/shared/live'
import { postgresLiveBus } from './postgres.js'
import { redisLiveBus } from './redis.js'
import type { Logger } from '../logger.js'

/** A process hears only the kinds it has a handler for. */
export interface LiveBusHandlers {
  /** `messages` are JSON texts joined by commas: whoever passes them on need not read them. */
  live?: (userId: string, messages: string) => void
  control?: (message: ControlMessage) => void
  /** The connection was lost and is back: messages may have been missed, caches must be dropped. */
  gap: () => void
}

/** Between processes: Redis pub/sub, or LISTEN/NOTIFY. At most once; whoever needs certainty reads the database. */
export interface LiveBus {
  /** Resolves when handed over; a bus that is away loses them and rejects. */
  publish: (envelopes: LiveEnvelope[]) => Promise<void>
  control: (message: ControlMessage) => Promise<void>
  /** Resolves when subscribed, with the way to stop; with Redis away at once, and with a gap told when it is back. */
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

/** One channel each. */
export const busKinds = ['live', 'control'] as const
export type BusKind = (typeof busKinds)[number]

export function createLiveBus(options: LiveBusOptions): LiveBus {
  return options.redisUrl
    ? redisLiveBus({ ...options, redisUrl: options.redisUrl })
    : postgresLiveBus(options)
}

/** What travels on the live channel: the user's id, a space, the messages as LiveBusHandlers has them. */
export const liveText = (userId: string, messages: readonly string[]) => `${userId} ${messages.join(',')}`

/** Shared by both buses: unpack, hand out, and survive a message that is not ours. */
export function dispatchTo(
  handlers: Iterable<LiveBusHandlers>,
  kind: BusKind,
  text: string,
  logger: Pick<Logger, 'warn'>,
): void {
  try {
    if (kind === 'live') {
      const space = text.indexOf(' ')
      const [userId, messages] = [text.slice(0, space), text.slice(space + 1)]
      for (const { live } of handlers) live?.(userId, messages)
    } else {
      const message = JSON.parse(text) as ControlMessage
      for (const { control } of handlers) control?.(message)
    }
  } catch (error) {
    logger.warn({ err: error }, 'live-bus.unreadable')
  }
}
