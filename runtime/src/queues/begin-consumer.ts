import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import type { AnyWorker } from './queue-backend.js'

interface Opened {
  /** Made with `autorun: false`. */
  worker: Pick<Worker, 'on' | 'waitUntilReady' | 'run' | 'close'>
  /** Ends the worker and the connections it was given. */
  close: () => Promise<void>
}

const againMs = 500

/**
 * A consumer that begins when its first connection is there. BullMQ remembers one that failed for good, and a worker in
 * that state asks again and again without ever letting go of the event loop: its whole process stands still. So one that
 * could not begin is closed, and another takes its place.
 */
export function beginConsumer(open: () => Opened): AnyWorker {
  const events = new EventEmitter()
  let running: Opened | undefined
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
