import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js'

interface KeepDatabaseOptions {
  dataDir: string
  say: (line: string) => void
}

const lookEveryMs = 1000
const pauseMsMax = 10_000

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
      await sleep(lookEveryMs, undefined, { signal, ref: false })
      if (lives(server.pid)) continue
      say('PostgreSQL exited; restarting')
      await revive()
    }
  }

  /** Repeats the start: child processes of the old server may still run, or the disk may be full during recovery. */
  async function revive() {
    for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      try {
        server = await startEmbeddedPostgres({ dataDir, adopt: true, port })
        return
      } catch (error) {
        await sleep(pauseMs, undefined, { signal })
        if (pauseMs === pauseMsMax) say(`PostgreSQL failed to start: ${(error as Error).message}`)
      }
    }
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

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
