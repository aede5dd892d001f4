import { randomBytes } from 'node:crypto'
import { startService } from './compose-service.js'
import { freePort } from './start-redis.js'

interface DeploymentOptions {
  /** The database may be empty: the migrations run first. */
  databaseUrl: string
  redisUrl?: string
  /** Number of api processes and of worker processes. */
  processes: number
  env?: Record<string, string>
}

/** Starts the services of docker-compose.yml without containers: migrate, then the api and worker processes. */
export async function startDeployment({
  databaseUrl,
  redisUrl = '',
  processes,
  env: more,
}: DeploymentOptions) {
  const each = Array.from({ length: processes })
  const ports = await Promise.all(each.map(freePort))
  const metricsPorts = await Promise.all(each.map(freePort))
  const env = {
    APP_HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${ports[0]}`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SECRET_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'warn',
    ...more,
  }
  const migrated = await startService('migrate', env).ended
  const services = [
    ...ports.map((port) => startService('api', { ...env, APP_PORT: String(port) })),
    ...metricsPorts.map((port) => startService('worker', { ...env, WORKER_METRICS_PORT: String(port) })),
  ]
  const stop = async () => {
    for (const service of services) service.signal('SIGKILL')
    await Promise.all(services.map(({ ended }) => ended))
  }
  try {
    await Promise.all(services.map(({ ready }) => ready))
  } catch (error) {
    await stop()
    throw error
  }
  return { url: env.PUBLIC_URL, ports, metricsPorts, migrated, services, stop }
}

export type Deployment = Awaited<ReturnType<typeof startDeployment>>
