import { isIP } from 'node:net'
import { isLoopbackHost, type Config } from '../config.js'
import type { OwnServer } from './address-policy.js'

type Own = Pick<Config, 'port' | 'databaseUrl' | 'redisUrl'> & Partial<Pick<Config, 'workerMetricsPort'>>

/** Where this installation listens, stores and queues: no destination may ever be one of them, whatever else is allowed. */
export function ownServers({ port, databaseUrl, redisUrl, workerMetricsPort }: Own): OwnServer[] {
  return [
    { host: 'here', port },
    ...(workerMetricsPort ? [{ host: 'here', port: workerMetricsPort }] : []),
    named(databaseUrl, 5432),
    ...(redisUrl ? [named(redisUrl, 6379)] : []),
  ]
}

/** What a name resolves to may change while we run, so its port is nobody's destination, wherever it is. */
function named(url: string, defaultPort: number): OwnServer {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const where = isLoopbackHost(host) ? 'here' : isIP(host) ? host : 'anywhere'
  return { host: where, port: Number(port || defaultPort) }
}
