import { isIP } from 'node:net'
import { isLoopbackHost, type Config } from '../config.js'
import type { OwnServer } from './address-policy.js'

type OwnServerConfig = Pick<Config, 'port' | 'databaseUrl' | 'redisUrl'> &
  Partial<Pick<Config, 'workerMetricsPort'>>

/** Returns the listeners, database and Redis of this installation. A destination must never be one of them. */
export function ownServers({ port, databaseUrl, redisUrl, workerMetricsPort }: OwnServerConfig): OwnServer[] {
  return [
    { host: 'here', port },
    ...(workerMetricsPort ? [{ host: 'here', port: workerMetricsPort }] : []),
    named(databaseUrl, 5432),
    ...(redisUrl ? [named(redisUrl, 6379)] : []),
  ]
}

/** The address of a name may change, so the port of a named server is forbidden at every address. */
function named(url: string, defaultPort: number): OwnServer {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const where = isLoopbackHost(host) ? 'here' : isIP(host) ? host : 'anywhere'
  return { host: where, port: Number(port || defaultPort) }
}
