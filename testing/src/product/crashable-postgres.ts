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

interface Options {
  /** On a disk that can be full, where we may mount one. */
  smallDisk?: boolean
}

/** A migrated PostgreSQL of our own behind a wire with faults; it can be killed like any process. */
export async function startCrashablePostgres({ smallDisk = false }: Options = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook-kill-'))
  const disk = smallDisk ? await mountSmallDisk(dataDir) : undefined
  // Open to the server's user, so that nothing is kept elsewhere, where nobody would remove it.
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
  /** It may be ending, or coming back, by itself: it is there when we have spoken with it. */
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
    // Its backends notice on their own that it is gone.
    await sleep(1000)
  }
  /** Fast shutdown, as for maintenance: what was committed is kept. */
  const halt = async (ms: number) => {
    await server.stop()
    await sleep(ms)
    await start()
  }
  return {
    /** Through the wire: what the product is told. */
    url: throughWire.href,
    /** Past the wire: what the judge uses. */
    direct: () => server.url,
    wire,
    kill,
    start,
    halt,
    crash: async () => {
      await kill()
      await start()
    },
    /** No room for `ms`; PostgreSQL refuses writes, or ends over them. Undefined without a disk of our own. */
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
