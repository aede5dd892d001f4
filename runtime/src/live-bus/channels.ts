import type { ControlMessage, LiveEnvelope } from '@whook/shared/live'
import type { Logger } from '../logger.js'

/** A process receives only the kinds of messages that it has a handler for. */
export interface LiveBusHandlers {
  /** `messages` are JSON texts separated by commas, so that the hub can forward them without parsing. */
  live?: (userId: string, messages: string) => void
  control?: (message: ControlMessage) => void
  /** The bus reconnected after a lost connection. Messages may be lost, so caches must be cleared. */
  gap: () => void
}

/** Messages between processes: Redis pub/sub, or LISTEN/NOTIFY. At most once; the database is the source of truth. */
export interface LiveBus {
  /** Resolves when the bus has the messages. Rejects and loses them when the bus is unavailable. */
  publish: (envelopes: LiveEnvelope[]) => Promise<void>
  control: (message: ControlMessage) => Promise<void>
  /** Resolves with a function to unsubscribe. When Redis is unavailable, resolves early and calls `gap` after reconnect. */
  subscribe: (handlers: LiveBusHandlers) => Promise<() => Promise<void>>
  close: () => Promise<void>
}

export interface LiveBusOptions {
  databaseUrl: string
  redisUrl?: string
  logger: Pick<Logger, 'warn'>
  /** Separates installations, or tests, on the same server. */
  prefix?: string
}

/** Each kind has its own channel. */
export const busKinds = ['live', 'control'] as const
export type BusKind = (typeof busKinds)[number]

/** Returns the text for the live channel: the user's id, a space, and the messages as in LiveBusHandlers. */
export const liveText = (userId: string, messages: readonly string[]) => `${userId} ${messages.join(',')}`

/** Parses a message and calls the handlers. Logs invalid messages. For both buses. */
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
