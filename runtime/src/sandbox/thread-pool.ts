import { Worker } from 'node:worker_threads'
import { limits } from '@whook/shared/limits'
import { sourceConditions } from '../thread-entry.js'
import { threadUrl } from './entry-point.js'
import type { RawResult, SandboxAnswer, SandboxJob, ThreadMessage } from './messages.js'

interface ThreadPoolOptions {
  threads: number
  wasmModule: WebAssembly.Module
  /** Called when a new or a replaced thread can run scripts. */
  ready: () => void
  answer: (answer: SandboxAnswer) => void
}

interface PoolThread {
  worker: Worker
  ready: boolean
  job?: SandboxJob
  startedAt: number
  watchdog?: NodeJS.Timeout
}

/** A pool of threads. A thread that hangs or crashes is terminated and replaced; its job resolves as an error. */
export function createThreadPool({ threads, wasmModule, ready, answer }: ThreadPoolOptions) {
  const waiting: SandboxJob[] = []
  const pool = new Set<PoolThread>()
  for (let i = 0; i < threads; i++) start()

  function start() {
    const worker = new Worker(threadUrl(), {
      execArgv: sourceConditions,
      env: {},
      // Discard the output of a crashing module: its result has the same information.
      stderr: true,
      workerData: { wasmModule },
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 8 },
    })
    const thread: PoolThread = { worker, ready: false, startedAt: 0 }
    pool.add(thread)
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'ready') {
        thread.ready = true
        ready()
      } else finish(thread, message.answer, message.retire)
      next()
    })
    worker.on('error', (error) => {
      // The thread could not start, and neither would the next one. End the process; the next job starts another.
      if (!thread.ready) throw error
      replace(thread, crashed(error.message))
    })
    worker.on('exit', () => replace(thread, crashed('its thread ended')))
  }

  function next() {
    for (const thread of pool) {
      if (!thread.ready || thread.job) continue
      const job = waiting.shift()
      if (!job) return
      thread.job = job
      thread.startedAt = performance.now()
      thread.watchdog = setTimeout(() => replace(thread, timedOut), limits.scriptKillMs)
      thread.worker.postMessage(job)
    }
  }

  function finish(thread: PoolThread, answered: SandboxAnswer, retire: boolean) {
    clearTimeout(thread.watchdog)
    thread.job = undefined
    answer(answered)
    if (retire) replace(thread, crashed('its thread was retired'))
  }

  /** May be called again: a terminated thread also emits `exit`. */
  function replace(thread: PoolThread, result: RawResult) {
    if (!pool.delete(thread)) return
    clearTimeout(thread.watchdog)
    void thread.worker.terminate()
    if (thread.job) {
      answer({ id: thread.job.id, result, logs: [], durationMs: performance.now() - thread.startedAt })
    }
    start()
  }

  return {
    add(job: SandboxJob) {
      waiting.push(job)
      next()
    },
  }
}

const error = (kind: 'timeout' | 'crash', message: string): RawResult => ({
  kind: 'error',
  error: { kind, message, line: null, column: null },
})
const timedOut = error('timeout', `the script did not stop and was ended after ${limits.scriptKillMs} ms`)
const crashed = (why: string) => error('crash', `the script broke its sandbox: ${why}`.slice(0, 500))
