import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hangSignal } from '@whook/runtime/lifetime/watchdog-limits'

export interface Ready {
  type: 'ready'
  url?: string
  loginUrl?: string
  webhookUrl?: string
  curl?: string
}

interface Options {
  name: 'api' | 'worker'
  env: Record<string, string | undefined>
  onDeath: (why: string) => void
  /** Aborted when the whole product stops: from then on a death is no reason to start again. */
  ending: AbortSignal
}

/** Built code starts built code; from source (tests) it starts the source. */
function entryOf(name: string): string {
  const built = import.meta.url.includes('/dist/')
  const path = built ? `../../../../${name}/dist/src/main.js` : `../../../${name}/src/main.ts`
  return fileURLToPath(new URL(path, import.meta.url))
}

/**
 * Keeps one process of the product running: a crash is reported and followed by a restart, with a pause that grows. The
 * process ends by itself when the launcher has ended, and when its event loop hangs (runtime/src/lifetime).
 */
export function keepRunning({ name, env, onDeath, ending }: Options) {
  let child: ChildProcess | undefined
  let pauseMs = 250

  function start(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const current = fork(entryOf(name), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      child = current
      let ready = false
      current.on('message', (message) => {
        if ((message as Ready).type !== 'ready') return
        ready = true
        pauseMs = 250
        resolve(message as Ready)
      })
      current.once('exit', (code, signal) => {
        child = undefined
        const hung = signal === hangSignal ? 'did not react any more and was ended' : undefined
        const why = `${name} ${hung ?? `ended with ${signal ?? code}`}`
        if (!ready) reject(new Error(why))
        if (ending.aborted || !ready) return
        onDeath(why)
        void again()
      })
    })
  }

  async function again() {
    while (!ending.aborted) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      pauseMs = Math.min(pauseMs * 2, 10_000)
      if (ending.aborted) return
      try {
        await start()
        return
      } catch (error) {
        if (!ending.aborted) onDeath((error as Error).message)
      }
    }
  }

  return {
    start,
    /** Ends it as a stop would; it is then started again like one that died. */
    restart: () => void child?.kill('SIGTERM'),
    /** Asks it to finish what it has in hand; kills it when that takes longer than `withinMs`. */
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
