import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { freePort } from './start-redis.js'

export interface ProductOptions {
  databaseUrl: string
  redisUrl?: string
  apis?: number
  workers?: number
  env?: Record<string, string>
  /** Modules that each process loads before its own code. */
  preload?: string[]
}

export interface Product {
  /** One port per api process. */
  ports: number[]
  apis: ChildProcess[]
  workers: ChildProcess[]
  /** The metrics port of each worker. */
  metricsPorts: number[]
  /** The environment for another process of the same installation. */
  env: Record<string, string>
  /** `Authorization` value of the local owner. */
  authorization: string
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>
  stop: () => Promise<void>
}

/** Starts the real processes like the launcher and the containers do, on a migrated database. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const key = randomBytes(24).toString('hex')
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    DATABASE_URL: options.databaseUrl,
    SECRET_KEY: randomBytes(32).toString('base64'),
    WHOOK_API_KEY: key,
    LOG_LEVEL: 'warn',
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    ...options.env,
  }
  const ports = await Promise.all(Array.from({ length: options.apis ?? 1 }, freePort))
  const publicUrl = `http://localhost:${ports[0]}`
  const apis = await Promise.all(
    ports.map((port) =>
      startProcess('api', { ...env, APP_PORT: String(port), PUBLIC_URL: publicUrl }, options.preload),
    ),
  )
  const metricsPorts = await Promise.all(Array.from({ length: options.workers ?? 1 }, freePort))
  const workers = await Promise.all(
    metricsPorts.map((port) =>
      startProcess(
        'worker',
        { ...env, PUBLIC_URL: publicUrl, WORKER_METRICS_PORT: String(port) },
        options.preload,
      ),
    ),
  )

  const authorization = `Bearer ${key}`
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}${path}`, {
      method,
      headers: {
        authorization,
        host: `localhost:${ports[0]}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }
  const stop = async () => {
    await Promise.all([...apis, ...workers].map(stopProcess))
  }
  return {
    ports,
    apis,
    workers,
    metricsPorts,
    env: { ...env, PUBLIC_URL: publicUrl },
    authorization,
    call,
    stop,
  }
}

/** Vitest runs the source; the benchmarks run the build. */
const fromSource = process.env['VITEST'] !== undefined

/** Resolves when the process reports that it is ready. Rejects when it ends first. */
export function startProcess(
  name: 'api' | 'worker',
  env: Record<string, string>,
  preload: string[] = [],
): Promise<ChildProcess> {
  const entry = fileURLToPath(
    new URL(`../../../${name}/${fromSource ? 'src/main.ts' : 'dist/src/main.js'}`, import.meta.url),
  )
  const child = fork(entry, {
    env,
    execArgv: [
      ...(fromSource ? ['--conditions=whook-source', '--import', 'tsx'] : []),
      ...preload.flatMap((module) => ['--import', module]),
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)))
    child.on('message', (message) => (message as { type?: string }).type === 'ready' && resolve(child))
  })
}

export function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
