import { randomBytes } from 'node:crypto'
import { startCrashablePostgres } from '@whook/testing/product/crashable-postgres'
import { freePort, startRedis } from '@whook/testing/product/start-redis'
import { crashSandbox } from './crash-sandbox.js'
import type { Stage } from './faults.js'
import { flushQueue } from './flush-queue.js'
import type { Random } from './random.js'
import { supervise } from './supervisor.js'
import { createTcpProxy } from '@whook/testing/product/tcp-proxy'

interface StageOptions {
  mode: 'embedded' | 'redis'
  accept: 'queue' | 'database'
  random: Random
  /** Allows flushes also when the queue holds the only copy of accepted requests, to measure the loss. */
  flushAnyway?: boolean
}

/** Maximum attempts in flight per worker. */
export const workerConcurrency = 100

/** Starts two api and two worker processes with a PostgreSQL and a Redis that the faults control. */
export async function startStage({ mode, accept, random, flushAnyway = false }: StageOptions) {
  const database = await startCrashablePostgres({ smallDisk: true })
  const redis = mode === 'redis' ? await startRedis({ appendfsync: 'always' }) : undefined
  if (mode === 'redis' && !redis) throw new Error('redis-server is not on the PATH')
  const redisWire = redis && (await createTcpProxy({ host: '127.0.0.1', port: redis.port }))

  const key = randomBytes(24).toString('hex')
  const ports = [await freePort(), await freePort()]
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    LOG_LEVEL: 'fatal',
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('base64'),
    WHOOK_API_KEY: key,
    PUBLIC_URL: `http://localhost:${ports[0]}`,
    ACCEPT: accept,
    WORKER_CONCURRENCY: String(workerConcurrency),
    ...(redisWire ? { REDIS_URL: `redis://127.0.0.1:${redisWire.port}` } : {}),
  }
  const apis = await Promise.all(ports.map((port) => supervise('api', { ...env, APP_PORT: String(port) })))
  const workers = await Promise.all([supervise('worker', env), supervise('worker', env)])

  const stage: Stage = {
    random,
    apis,
    workers,
    databaseWire: database.wire,
    database,
    redisWire,
    redis: redis && { crash: redis.crash, flush: () => flushQueue(redis.url) },
    // A flush loses the requests that only the queue contains.
    flushAllowed: accept === 'database' || flushAnyway,
    flushes: [],
    stopsMs: [],
    crashSandbox: () => crashSandbox(workers, random),
  }

  async function call<T>(method: string, path: string, body: unknown): Promise<T> {
    const answer = await fetch(`http://localhost:${ports[0]}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const stop = async () => {
    await Promise.all([...apis, ...workers].map((process) => process.stop()))
    await redisWire?.close()
    await redis?.stop()
    await database.stop()
  }
  return { stage, ports, call, databaseUrl: database.direct, stop }
}
