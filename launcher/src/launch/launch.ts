import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import { loadConfig } from '@whook/runtime/config'
import { migrate } from '@whook/drizzle/migrate'
import { waitForDatabase } from '@whook/drizzle/wait-for-database'
import { keepRunning, type Ready } from './child.js'
import { lockDataDir } from './data-lock.js'
import { keepDatabase } from './keep-database.js'
import { keptSecretKey } from './secret-key.js'

const say = (line: string) => void process.stdout.write(`${line}\n`)
const drainMs = 20_000
/** In the place of what the embedded database brings, so that all else is checked before it is started. */
const madeLater = { DATABASE_URL: 'postgres://embedded', SECRET_KEY: 'x'.repeat(32) }

/**
 * The whole product from one command: PostgreSQL (unless DATABASE_URL names one), migrations, api and worker. Runs until
 * it is asked to stop, and then leaves nothing running.
 */
export async function launch(environment: Record<string, string | undefined>): Promise<void> {
  // Empty counts as unset, here as in the config.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const dataDir = resolve(given['DATA_DIR'] ?? './data')
  const unlock = lockDataDir(dataDir)
  let postgres: Awaited<ReturnType<typeof keepDatabase>> | undefined
  const stops: (() => Promise<unknown>)[] = []
  const ending = new AbortController()

  async function start(): Promise<Ready> {
    const env: Record<string, string | undefined> = { LOG_LEVEL: 'warn', ...given, DATA_DIR: dataDir }
    const { host, port } = loadConfig(env['DATABASE_URL'] ? env : { ...madeLater, ...env })
    await refuseUnusablePort(host, port)
    if (!env['DATABASE_URL']) {
      postgres = await keepDatabase({ dataDir, say })
      Object.assign(env, {
        DATABASE_URL: postgres.url,
        SECRET_KEY: given['SECRET_KEY'] ?? (await keptSecretKey(dataDir)),
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
        onDeath: (why) => say(`${why}; starting it again`),
      }),
    )
    // In this order: nothing new is accepted while the worker finishes.
    stops.push(...children.map((child) => () => child.stop(drainMs)))
    const [ready] = await Promise.all(children.map((child) => child.start()))
    // Asked by a development loop, after a change: the database stays as it is.
    process.on('message', (message) => {
      if (message === 'restart') for (const child of children) child.restart()
    })
    return ready!
  }

  const starting = start()

  async function stop(code: number): Promise<void> {
    if (ending.signal.aborted) return
    ending.abort()
    // What is about to start would be left behind by who does not wait for it; why it could not is told below.
    await starting.catch(() => {})
    for (const step of stops) await step()
    await postgres?.stop()
    unlock()
    process.exit(code)
  }
  // Listened to for as long as it runs: a second Ctrl-C would end us before what we started.
  process.on('SIGINT', () => {
    if (!ending.signal.aborted) say('\nStopping: finishing what is in hand ...')
    void stop(0)
  })
  process.on('SIGTERM', () => void stop(0))
  // The terminal is closed.
  process.on('SIGHUP', () => void stop(0))
  // The development loop that started the launcher has ended.
  if (process.send) process.on('disconnect', () => void stop(0))
  // And with it whoever read what we print, which is no reason to leave what we started behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  try {
    const ready = await starting
    if (!ending.signal.aborted) welcome(ready)
  } catch (error) {
    if (!ending.signal.aborted) process.stderr.write(`\n${(error as Error).message}\n`)
    await stop(1)
  }
}

function welcome({ url, loginUrl, webhookUrl, curl }: Ready): void {
  say('')
  say(`  Whook is ready at ${url}`)
  if (loginUrl) say(`\n  Sign in (once, within 10 minutes):\n    ${loginUrl}`)
  if (webhookUrl) say(`\n  A webhook URL to point a service at:\n    ${webhookUrl}`)
  if (curl) say(`\n  Try it:\n    ${curl}`)
  say('\n  Ctrl-C stops everything.\n')
}

/** Told before anything is started, with the name of what to change. */
function refuseUnusablePort(host: string, port: number): Promise<void> {
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program. Start with another one: APP_PORT=${port + 1} npm start`,
    EACCES: `Port ${port} is not for ordinary users. Start with one above 1023: APP_PORT=5000 npm start`,
    EADDRNOTAVAIL: `APP_HOST=${host} is no address of this machine.`,
    ENOTFOUND: `APP_HOST=${host} is no address of this machine.`,
  }
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(why[error.code ?? ''] ?? error.message, { cause: error })),
    )
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
