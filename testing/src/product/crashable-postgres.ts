import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '@whook/launcher/embedded/embedded-postgres'
import { migrate } from '@whook/drizzle/migrate'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import postgres from 'postgres'
import { mountSmallDisk } from './small-disk.js'
import { createTcpProxy } from './tcp-proxy.js'

interface CrashablePostgresOptions {
  /** Stores the data on a small disk that the test can fill, where the test may mount one. */
  smallDisk?: boolean
}

/** Starts a migrated PostgreSQL behind a TCP proxy with faults. The test can kill the server process. */
export async function startCrashablePostgres({ smallDisk = false }: CrashablePostgresOptions = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook-kill-'))
  const disk = smallDisk ? await mountSmallDisk(dataDir) : undefined
  // Open to the user of the server. Otherwise its data is stored elsewhere and never removed.
  await chmod(dataDir, 0o711)
  let server = await startEmbeddedPostgres({ dataDir })
  await migrate(server.url)
  await migrateQueues(server.url)
  const portOf = (url: string) => Number(new URL(url).port)
  const wire = await createTcpProxy({ host: '127.0.0.1', port: portOf(server.url) })
  const throughWire = new URL(server.url)
  throughWire.port = String(wire.port)

  async function start() {
    server = await startEmbeddedPostgres({ dataDir })
    wire.retarget(portOf(server.url))
  }
  /** Retries the start: the server may be stopping or restarting by itself. */
  async function revive() {
    for (let tries = 0; ; tries++) {
      try {
        return await start()
      } catch (error) {
        if (tries === 10) throw error
        await sleep(1000)
      }
    }
  }
  const kill = async () => {
    process.kill(server.pid, 'SIGKILL')
    // The backends detect by themselves that the server ended.
    await sleep(1000)
  }
  /** Fast shutdown, as for maintenance: keeps all committed data. */
  const halt = async (ms: number) => {
    await server.stop()
    await sleep(ms)
    await start()
  }
  return {
    /** Through the proxy: the URL for the product. */
    url: throughWire.href,
    /** Without the proxy: the URL for the checks of the test. */
    direct: () => server.url,
    wire,
    kill,
    start,
    halt,
    crash: async () => {
      await kill()
      await start()
    },
    /**
     * Fills the disk for `ms`: PostgreSQL rejects writes or crashes. Undefined when the test could not mount a disk.
     */
    fillDisk:
      disk &&
      (async (ms: number, leftKilobytes: number) => {
        await disk.fill(leftKilobytes)
        await sleep(ms)
        await disk.empty()
        await revive()
      }),
    crashBackend: async () => {
      const sql = postgres(server.url, { max: 1, onnotice: () => {} })
      const [backend] = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1`
      if (backend) process.kill(backend.pid, 'SIGKILL')
      await sql.end({ timeout: 1 })
    },
    stop: async () => {
      await wire.close()
      await server.stop()
      await disk?.unmount()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type CrashablePostgres = Awaited<ReturnType<typeof startCrashablePostgres>>
