import { readdir } from 'node:fs/promises'
import type { Sql } from '@whook/drizzle'
import { Redis } from 'ioredis'
import { childrenOf, openFiles, rssBytes } from '@whook/testing/product/process-usage'
import { readMetric } from '@whook/testing/product/read-metric'
import type { Product } from '@whook/testing/product/start-product'
import { createPostgresReader } from './read-postgres.js'
import { megabytes, memory, sum, type Reading } from './readings.js'

const files = { unit: 'open', allowed: { share: 0.25, least: 20 } }

interface ReaderOptions {
  product: Product
  sql: Sql
  redisUrl: string | undefined
  /** Folder for temporary files of the product. */
  tempFolder: string
}

/** Returns a reader of all values that can grow: processes, PostgreSQL, Redis and backlogs. */
export async function createReader({ product, sql, redisUrl, tempFolder }: ReaderOptions) {
  const redis = redisUrl ? new Redis(redisUrl) : undefined
  const ofPostgres = await createPostgresReader(sql)
  const members = [
    ...product.apis.map(({ pid }, index) => ({
      name: `api ${index + 1}`,
      pid: pid!,
      port: product.ports[index]!,
    })),
    ...product.workers.map(({ pid }, index) => ({
      name: `worker ${index + 1}`,
      pid: pid!,
      port: product.metricsPorts[index]!,
    })),
  ]

  async function ofProcess({ name, pid, port }: (typeof members)[number]): Promise<Reading[]> {
    const text = await (await fetch(`http://localhost:${port}/metrics`)).text()
    const prefix = name.startsWith('api') ? 'whook_api' : 'whook_worker'
    const node = (metric: string) => readMetric(text, `${prefix}_nodejs_${metric}`) ?? NaN
    const waiting: Reading[] = name.startsWith('worker 1')
      ? [
          {
            name: 'batches in the queue',
            unit: '',
            allowed: { share: 0.25, least: 50 },
            value: readMetric(text, 'whook_queue_depth') ?? NaN,
          },
          {
            name: 'deliveries waiting',
            unit: '',
            allowed: { share: 0.25, least: 300 },
            value: readMetric(text, 'whook_ledger{line="pending"}') ?? NaN,
          },
        ]
      : []
    const sandboxes = childrenOf(pid)
    return [
      { name: `${name}: memory`, ...memory, value: megabytes(rssBytes(pid)) },
      { name: `${name}: heap in use`, ...memory, value: megabytes(node('heap_size_used_bytes')) },
      ...(sandboxes.length > 0
        ? [{ name: `${name}: sandbox memory`, ...memory, value: megabytes(sum(sandboxes.map(rssBytes))) }]
        : []),
      { name: `${name}: files and sockets`, ...files, value: openFiles(pid) },
      { name: `${name}: event loop lag, p99`, unit: 'ms', value: node('eventloop_lag_p99_seconds') * 1000 },
      ...waiting,
    ]
  }

  async function ofRedis(): Promise<Reading[]> {
    if (!redis) return []
    const info = await redis.info()
    const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
    return [
      { name: 'Redis: memory', ...memory, value: megabytes(read('used_memory')) },
      {
        name: 'Redis: clients',
        unit: 'open',
        allowed: { share: 0.25, least: 10 },
        value: read('connected_clients'),
      },
      // Redis rewrites the file when it has doubled, from 64 MB on: it may grow to three times that size.
      {
        name: 'Redis: append-only file',
        unit: 'MB',
        allowed: { share: 1, least: 200 },
        value: megabytes(read('aof_current_size')),
      },
    ]
  }

  async function ofTempFolder(): Promise<Reading[]> {
    const { length } = await readdir(tempFolder, { recursive: true })
    return [{ name: 'temporary files', unit: '', allowed: { share: 0.25, least: 5 }, value: length }]
  }

  return {
    read: async () =>
      (await Promise.all([...members.map(ofProcess), ofPostgres(), ofRedis(), ofTempFolder()])).flat(),
    close: () => redis?.disconnect(),
  }
}
