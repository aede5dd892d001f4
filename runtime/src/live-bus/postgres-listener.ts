import type postgres from 'postgres'
import type { Logger } from '../logger.js'
import { untilItAnswers } from '../until-it-answers.js'

interface Options {
  /** A client of its own each time: one whose first LISTEN failed remembers the failure for good. */
  open: () => postgres.Sql
  channel: string
  /** Says something on the channel, over another connection. */
  beat: (text: string) => Promise<void>
  heard: (text: string) => void
  /** Something may have been missed. */
  gap: () => void
  logger: Pick<Logger, 'warn'>
  beatEveryMs?: number
  silentMsMax?: number
}

/** How long the first LISTEN may wait for a database that is starting: less than a plugin may take to start. */
const firstMs = 8000
const closeSeconds = 2
/** No message: JSON text and live texts never look so. */
const beatText = '\x1f'

/**
 * Listens on one channel. postgres.js comes back by itself from a connection that ends; one that somebody between forgot
 * ends never, so the channel hears a beat of our own every few seconds, and a listener that hears none is replaced.
 */
export function createListener({
  open,
  channel,
  beat,
  heard,
  gap,
  logger,
  beatEveryMs = 5000,
  silentMsMax = 12_000,
}: Options) {
  let heardAt = performance.now()
  let client: Promise<postgres.Sql> = untilItAnswers(listen, { withinMs: firstMs, onWaiting })
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
          if (text !== beatText) heard(text)
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
      // The database is away: the listener's own connection will tell, or the next beat.
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
    /** Resolves when it listens for the first time. */
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
