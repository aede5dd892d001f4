import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import { loadConfig } from '@whook/runtime/config'
import { stopMsMax } from '@whook/runtime/lifetime/run-process'
import { migrate } from '@whook/drizzle/migrate'
import { waitForDatabase } from '@whook/drizzle/wait-for-database'
import { keepRunning, type ReadyMessage } from './child.js'
import { lockDataDir } from './data-lock.js'
import { keepDatabase } from './keep-database.js'
import { keptSecretKey } from './secret-key.js'

const say = (line: string) => void process.stdout.write(`${line}\n`)
/** Milliseconds after which a process is killed. It ends itself a second before. */
const drainMs = stopMsMax + 1000
/** Placeholders for settings of the embedded database, so that the config is checked before the database starts. */
const madeLater = { DATABASE_URL: 'postgres://embedded', SECRET_KEY: 'x'.repeat(32) }

/**
 * Starts the whole product: PostgreSQL (unless DATABASE_URL is set), migrations, api and worker. Runs until a stop
 * signal arrives, then stops every process that it started.
 */
export async function launch(environment: Record<string, string | undefined>): Promise<void> {
  // An empty variable counts as unset, as in the config.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const dataDir = resolve(given['DATA_DIR'] ?? './data')
  const unlock = lockDataDir(dataDir)
  let postgres: Awaited<ReturnType<typeof keepDatabase>> | undefined
  const stops: (() => Promise<unknown>)[] = []
  const ending = new AbortController()

  async function start(): Promise<ReadyMessage> {
    const env: Record<string, string | undefined> = { LOG_LEVEL: 'warn', ...given, DATA_DIR: dataDir }
    const { host, port } = loadConfig(env['DATABASE_URL'] ? env : { ...madeLater, ...env })
    await refuseUnusablePort(host, port)
    if (!env['DATABASE_URL']) {
      postgres = await keepDatabase({ dataDir, say })
      Object.assign(env, {
        DATABASE_URL: postgres.url,
        SECRET_KEY: given['SECRET_KEY'] ?? (await keptSecretKey(dataDir, postgres.url)),
      })
    }
    const { databaseUrl } = loadConfig(env)
    await waitForDatabase(
      databaseUrl,
      (error) => say(`Waiting for PostgreSQL: ${(error as Error).message}`),
      ending.signal,
    )
    await migrate(databaseUrl)
    await migrateQueues(databaseUrl)

    const children = (['api', 'worker'] as const).map((name) =>
      keepRunning({
        name,
        env,
        ending: ending.signal,
        onDeath: (why) => say(`${why}; restarting`),
      }),
    )
    // The api stops first, so that the worker receives no new requests while it finishes.
    stops.push(...children.map((child) => () => child.stop(drainMs)))
    const [ready] = await Promise.all(children.map((child) => child.start()))
    // `npm run dev` sends this message after a code change. The database keeps running.
    process.on('message', (message) => {
      if (message === 'restart') for (const child of children) child.restart()
    })
    return ready!
  }

  const starting = start()

  async function stop(code: number): Promise<void> {
    if (ending.signal.aborted) return
    ending.abort()
    // Wait for the start to end: processes it starts later would be left running. Its error is printed below.
    await starting.catch(() => {})
    for (const step of stops) await step()
    await postgres?.stop()
    unlock()
    process.exit(code)
  }
  // Keep the listener: without it a second Ctrl-C would end the launcher before its child processes.
  process.on('SIGINT', () => {
    if (!ending.signal.aborted) say('\nStopping: finishing requests and deliveries in flight...')
    void stop(0)
  })
  process.on('SIGTERM', () => void stop(0))
  // Sent when the terminal is closed.
  process.on('SIGHUP', () => void stop(0))
  // The development loop that started the launcher has ended.
  if (process.send) process.on('disconnect', () => void stop(0))
  // Ignore write errors: the reader of the output may have exited, and the stop must still complete.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  try {
    const ready = await starting
    if (!ending.signal.aborted) welcome(ready)
  } catch (error) {
    if (!ending.signal.aborted) process.stderr.write(`\n${(error as Error).message}\n`)
    await stop(1)
  }
}

function welcome({ url, loginUrl, webhookUrl, curl }: ReadyMessage): void {
  say('')
  say(`  Whook is ready at ${url}`)
  if (loginUrl) say(`\n  Sign in (single-use link, valid for 10 minutes):\n    ${loginUrl}`)
  if (webhookUrl) say(`\n  Your webhook URL:\n    ${webhookUrl}`)
  if (curl) say(`\n  Send a test request:\n    ${curl}`)
  say('\n  Ctrl-C stops everything.\n')
}

/** Rejects before any process is started. The error names the variable to change. */
function refuseUnusablePort(host: string, port: number): Promise<void> {
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is already in use. Use another port: APP_PORT=${port + 1} npm start`,
    EACCES: `Port ${port} requires root privileges. Use a port above 1023: APP_PORT=5000 npm start`,
    EADDRNOTAVAIL: `APP_HOST=${host} is not an address of this machine.`,
    ENOTFOUND: `APP_HOST=${host} is not an address of this machine.`,
  }
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(why[error.code ?? ''] ?? error.message, { cause: error })),
    )
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
