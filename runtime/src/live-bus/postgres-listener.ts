import type postgres from 'postgres'
import type { Logger } from '../logger.js'
import { retryUntilAvailable } from '../retry-until-available.js'

interface ListenerOptions {
  /** Opens a new client for each attempt: a client remembers a failed first LISTEN forever. */
  open: () => postgres.Sql
  channel: string
  /** Publishes a text on the channel over another connection. */
  beat: (text: string) => Promise<void>
  onMessage: (text: string) => void
  /** Called when messages may be lost. */
  gap: () => void
  logger: Pick<Logger, 'warn'>
  beatEveryMs?: number
  silentMsMax?: number
}

/** Maximum wait of the first LISTEN for a starting database: less than the start timeout of a plugin. */
const firstMs = 8000
const closeSeconds = 2
/** The heartbeat: JSON text and live texts never contain this character. */
const beatText = '\x1f'

/**
 * Listens on one channel. postgres.js reconnects after a closed connection. A connection that a proxy or firewall dropped
 * never closes. So the channel carries a heartbeat every few seconds, and a listener without heartbeats is replaced.
 */
export function createListener({
  open,
  channel,
  beat,
  onMessage,
  gap,
  logger,
  beatEveryMs = 5000,
  silentMsMax = 12_000,
}: ListenerOptions) {
  let heardAt = performance.now()
  let client: Promise<postgres.Sql> = retryUntilAvailable(listen, { withinMs: firstMs, onWaiting })
  let replacing = false
  let closed = false
  const timer = setInterval(() => void check(), beatEveryMs).unref()

  function onWaiting(error: unknown) {
    logger.warn({ err: error }, 'live-bus.waiting')
  }

  async function listen(): Promise<postgres.Sql> {
    const fresh = open()
    let first = true
    try {
      await fresh.listen(
        channel,
        (text) => {
          heardAt = performance.now()
          if (text !== beatText) onMessage(text)
        },
        () => {
          heardAt = performance.now()
          if (!first) gap()
          first = false
        },
      )
      return fresh
    } catch (error) {
      await fresh.end({ timeout: 0 })
      throw error
    }
  }

  async function check(): Promise<void> {
    if (closed || replacing) return
    try {
      await beat(beatText)
    } catch {
      // The database is unavailable: the listener's connection or the next heartbeat detects it.
      return
    }
    if (performance.now() - heardAt > silentMsMax) await replace()
  }

  async function replace(): Promise<void> {
    replacing = true
    logger.warn({ channel }, 'live-bus.silent')
    try {
      const silent = await client.catch(() => undefined)
      const fresh = await listen()
      client = Promise.resolve(fresh)
      if (closed) await fresh.end({ timeout: closeSeconds })
      else gap()
      await silent?.end({ timeout: 0 })
    } catch (error) {
      onWaiting(error)
    } finally {
      replacing = false
    }
  }

  return {
    /** Resolves when the first LISTEN succeeds. */
    ready: client,
    async close() {
      closed = true
      clearInterval(timer)
      const last = await client.catch(() => undefined)
      await last?.end({ timeout: closeSeconds })
    },
  }
}

export type Listener = ReturnType<typeof createListener>
