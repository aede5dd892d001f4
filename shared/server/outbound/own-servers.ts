import type { Config } from '../config.js'

type Own = Pick<Config, 'host' | 'port' | 'databaseUrl' | 'redisUrl'>

/** Our own listeners, the database and Redis: no destination may ever be one of them. */
export function ownServers({ host, port, databaseUrl, redisUrl }: Own): { host: string; port: number }[] {
  const of = (url: string, defaultPort: number) => {
    const { hostname, port } = new URL(url)
    return { host: hostname, port: Number(port || defaultPort) }
  }
  return [
    { host: 'localhost', port },
    { host, port },
    of(databaseUrl, 5432),
    ...(redisUrl ? [of(redisUrl, 6379)] : []),
  ]
}
