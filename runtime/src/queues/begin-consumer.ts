import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import type { AnyWorker } from './queue-backend.js'

interface OpenedConsumer {
  /** Created with `autorun: false`. */
  worker: Pick<Worker, 'on' | 'waitUntilReady' | 'run' | 'close'>
  /** Closes the worker and its connections. */
  close: () => Promise<void>
}

const againMs = 500

/**
 * Starts a consumer after its first connection succeeds. BullMQ remembers a failed first connection forever. A worker in
 * that state polls in a loop that blocks the event loop of the whole process. So this function closes a worker that could
 * not start, and opens another one.
 */
export function beginConsumer(open: () => OpenedConsumer): AnyWorker {
  const events = new EventEmitter()
  let running: OpenedConsumer | undefined
  let closing: Promise<void> | undefined
  let closed = false

  async function begin(): Promise<void> {
    while (!closed) {
      const opened = open()
      const { worker } = opened
      worker.on('error', (error) => events.emit('error', error))
      worker.on('failed', (...failure) => events.emit('failed', ...failure))
      try {
        await worker.waitUntilReady()
        running = opened
        if (!closed) worker.run().catch((error: unknown) => events.emit('error', error))
        return
      } catch (error) {
        if (!closed) events.emit('error', error)
        await opened.close().catch(() => {})
        await sleep(againMs)
      }
    }
  }

  async function end() {
    closed = true
    await begun
    await running?.close()
  }

  const begun = begin()
  return {
    on: (event: string, listener: (...args: never[]) => void) =>
      events.on(event, listener as (...args: unknown[]) => void),
    close: () => (closing ??= end()),
  }
}
