import { Worker } from 'node:worker_threads'
import { sourceConditions, threadEntry } from '../thread-entry.js'
import { msPerTick, orphanSeconds, type Watched } from './watchdog-limits.js'

interface WatchOptions {
  name: Watched['name']
  /** Seconds without a turn of the event loop until the process is ended. 0: never. */
  hangSeconds: number
  /** True: do not print the log line. */
  silent: boolean
  onFailure: (error: Error) => void
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/**
 * Ends this process when its event loop hangs. A hanging loop runs no timers, signal handlers or `disconnect` events, so a
 * thread watches it. The thread also works in a container and without a launcher.
 */
export function watchEventLoop({ name, hangSeconds, silent, onFailure }: WatchOptions): void {
  if (hangSeconds === 0) return
  const turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  setInterval(() => void Atomics.add(turns, 0, 1), msPerTick).unref()
  const ticks = (seconds: number) => Math.ceil((seconds * 1000) / msPerTick)
  const watched: Watched = {
    name,
    turns,
    silent,
    hangTicks: ticks(hangSeconds),
    orphanTicks: ticks(Math.min(hangSeconds, orphanSeconds)),
    parent: process.send ? process.ppid : undefined,
  }
  const watchdog = new Worker(threadEntry(new URL(`./watchdog.${extension}`, import.meta.url)), {
    execArgv: sourceConditions,
    env: {},
    workerData: watched,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  watchdog.on('error', onFailure)
  watchdog.unref()
}
