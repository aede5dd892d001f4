import type { ChildProcess } from 'node:child_process'
import { startProcess, stopProcess } from '@whook/testing/product/start-product'

/** Keeps one process of the product alive, as a container runtime would: it comes back after every death. */
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
        // It could not start, say with PostgreSQL down: a container runtime would try again, so do we.
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
    /** Asks it to stop, as a deployment does; milliseconds until it was gone, undefined when there was none to ask. */
    askToStop: async (): Promise<number | undefined> => {
      const current = child
      if (!current || current.exitCode !== null || current.signalCode !== null) return undefined
      const startedAt = performance.now()
      await stopProcess(current)
      return performance.now() - startedAt
    },
    /** The next start alone gets these variables: a clock that jumps, for one. */
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
