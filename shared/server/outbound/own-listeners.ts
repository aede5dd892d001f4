import type { Config } from '../config.js'

type Listener = { host: string; port: number }

/** Where this installation listens, stores and queues: no delivery may go there, whatever else is allowed. */
export function ownListeners({
  host,
  port,
  databaseUrl,
  redisUrl,
}: Pick<Config, 'host' | 'port' | 'databaseUrl' | 'redisUrl'>): Listener[] {
  const urls = [
    { url: databaseUrl, defaultPort: 5432 },
    ...(redisUrl ? [{ url: redisUrl, defaultPort: 6379 }] : []),
  ]
  return [
    { host, port },
    ...urls.map(({ url, defaultPort }) => {
      const parsed = new URL(url)
      return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || defaultPort) }
    }),
  ]
}
