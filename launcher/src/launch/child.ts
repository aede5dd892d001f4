import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hangSignal } from '@whook/runtime/lifetime/watchdog-limits'
import { restartWithBackoff } from './restart-with-backoff.js'

export interface ReadyMessage {
  type: 'ready'
  url?: string
  loginUrl?: string
  webhookUrl?: string
  curl?: string
}

interface ChildOptions {
  name: 'api' | 'worker'
  env: Record<string, string | undefined>
  onDeath: (why: string) => void
  /** Aborted when the launcher stops. After that an exited process is not restarted. */
  ending: AbortSignal
}

/** Entry file of a process. Built code starts built code; source code (in tests) starts source code. */
function entryOf(name: string): string {
  const built = import.meta.url.includes('/dist/')
  const path = built ? `../../../../${name}/dist/src/main.js` : `../../../${name}/src/main.ts`
  return fileURLToPath(new URL(path, import.meta.url))
}

/**
 * Keeps one process of the product running. After a crash it calls `onDeath` and restarts the process, with exponential
 * backoff. The process exits by itself when the launcher exits or its event loop hangs (runtime/src/lifetime).
 */
export function keepRunning({ name, env, onDeath, ending }: ChildOptions) {
  let child: ChildProcess | undefined

  function start(): Promise<ReadyMessage> {
    return new Promise((resolve, reject) => {
      const current = fork(entryOf(name), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      child = current
      let ready = false
      current.on('message', (message) => {
        if ((message as ReadyMessage).type !== 'ready') return
        ready = true
        resolve(message as ReadyMessage)
      })
      current.once('exit', (code, signal) => {
        child = undefined
        const hung = signal === hangSignal ? 'stopped responding and was terminated' : undefined
        const why = `${name} ${hung ?? `exited with ${signal ?? code}`}`
        if (!ready) reject(new Error(why))
        if (ending.aborted || !ready) return
        onDeath(why)
        void restartWithBackoff({ start, signal: ending, onFailed: ({ message }) => onDeath(message) })
      })
    })
  }

  return {
    start,
    /** Sends SIGTERM. The exited process is then restarted as after a crash. */
    restart: () => void child?.kill('SIGTERM'),
    /** Sends SIGTERM, so that the process finishes its work in flight. Sends SIGKILL after `withinMs` milliseconds. */
    stop(withinMs: number): Promise<void> {
      const current = child
      if (!current) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(() => current.kill('SIGKILL'), withinMs)
        current.once('exit', () => {
          clearTimeout(timer)
          resolve()
        })
        current.kill('SIGTERM')
      })
    },
  }
}
