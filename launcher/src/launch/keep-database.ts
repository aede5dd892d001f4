import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { pauseMsMax, restartWithBackoff } from './restart-with-backoff.js'

interface KeepDatabaseOptions {
  dataDir: string
  say: (line: string) => void
}

const checkEveryMs = 1000

/**
 * Keeps the embedded PostgreSQL running. A server that exits unexpectedly (out of memory, killed manually) is
 * restarted on the same port, because api and worker know that port.
 */
export async function keepDatabase({ dataDir, say }: KeepDatabaseOptions) {
  let server = await startEmbeddedPostgres({ dataDir, adopt: true, onProgress: say })
  const port = Number(new URL(server.url).port)
  const stopping = new AbortController()
  const { signal } = stopping

  async function watch() {
    while (!signal.aborted) {
      await sleep(checkEveryMs, undefined, { signal, ref: false })
      if (isRunning(server.pid)) continue
      say('PostgreSQL exited; restarting')
      await revive()
    }
  }

  async function revive() {
    const revived = await restartWithBackoff({
      start: () => startEmbeddedPostgres({ dataDir, adopt: true, port }),
      signal,
      firstPauseMs: 0,
      // The first starts often fail, because child processes of the old server still run.
      onFailed({ message }, pauseMs) {
        if (pauseMs === pauseMsMax) say(`PostgreSQL failed to start: ${message}`)
      },
    })
    if (revived) server = revived
  }

  const watching = watch().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return {
    url: server.url,
    async stop() {
      stopping.abort()
      await watching
      await server.stop()
    },
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
