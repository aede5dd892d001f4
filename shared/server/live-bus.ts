import type { ControlMessage, LiveEnvelope } from '../src/live.js'

export interface LiveBusHandlers {
  live: (envelope: LiveEnvelope) => void
  control: (message: ControlMessage) => void
  /** The connection was lost and is back: messages may have been missed, caches must be dropped. */
  gap: () => void
}

/** Between processes: Redis pub/sub, or LISTEN/NOTIFY. At most once; whoever needs certainty reads the database. */
export interface LiveBus {
  publish: (envelopes: LiveEnvelope[]) => Promise<void>
  control: (message: ControlMessage) => Promise<void>
  /** Resolves when subscribed, with the way to stop. */
  subscribe: (handlers: LiveBusHandlers) => Promise<() => Promise<void>>
  close: () => Promise<void>
}
