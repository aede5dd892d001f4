import type { ChildProcess } from 'node:child_process'
import { startProcess, stopProcess } from '@whook/testing/product/start-product'

/** Runs one process of the product and restarts it after every exit, like a container runtime. */
export async function supervise(name: 'api' | 'worker', env: Record<string, string>) {
  let child: ChildProcess | undefined = await startProcess(name, env)
  let wanted = true
  let restarts = 0
  let nextEnv = env
  watch(child)

  function watch(current: ChildProcess) {
    current.once('exit', () => {
      child = undefined
      if (wanted) void comeBack()
    })
  }
  async function comeBack() {
    while (wanted) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      try {
        const next = await startProcess(name, nextEnv)
        nextEnv = env
        restarts++
        child = next
        if (next.exitCode !== null) continue
        watch(next)
        return
      } catch (error) {
        // The process could not start, for example without PostgreSQL. Try again, like a container runtime.
        if (!wanted) return
        process.stderr.write(`${name} did not start: ${(error as Error).message}\n`)
      }
    }
  }

  return {
    name,
    get pid() {
      return child?.pid
    },
    get restarts() {
      return restarts
    },
    signal: (signal: NodeJS.Signals) => child?.kill(signal) ?? false,
    /**
     * Sends SIGTERM, like a deployment. Resolves to the milliseconds until the process ended; undefined when none
     * ran.
     */
    askToStop: async (): Promise<number | undefined> => {
      const current = child
      if (!current || current.exitCode !== null || current.signalCode !== null) return undefined
      const startedAt = performance.now()
      await stopProcess(current)
      return performance.now() - startedAt
    },
    /** Restarts the process with these variables, for example a jumping clock. Later restarts do not get them. */
    restartWith: (extra: Record<string, string>) => {
      nextEnv = { ...env, ...extra }
      child?.kill('SIGKILL')
    },
    stop: async () => {
      wanted = false
      if (child) await stopProcess(child)
    },
  }
}

export type Supervised = Awaited<ReturnType<typeof supervise>>
