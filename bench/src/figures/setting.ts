import { startCrashablePostgres } from '@whook/testing/product/crashable-postgres'
import { startProduct, type Product, type ProductOptions } from '@whook/testing/product/start-product'
import { startRedis } from '@whook/testing/product/start-redis'

export type Size = 'embedded' | 'redis everysec' | 'redis always'
export const sizes: Size[] = ['embedded', 'redis everysec', 'redis always']

/** 2 KB of JSON, typical for providers. */
export const body = Buffer.from(
  JSON.stringify({ id: 'evt_0123456789', type: 'order.created', data: { note: 'x'.repeat(1950) } }),
)

export interface Setting {
  product: Product
  databaseUrl: string
  redisUrl: string | undefined
  webhook: { id: string; slug: string }
  stop: () => Promise<void>
}

/**
 * Starts the product with its own database and queue and one webhook. Resolves to undefined without a redis-server.
 */
export async function startSetting(
  size: Size,
  options: Partial<ProductOptions> = {},
): Promise<Setting | undefined> {
  const redis =
    size === 'embedded'
      ? undefined
      : await startRedis({ appendfsync: size === 'redis always' ? 'always' : 'everysec' })
  if (size !== 'embedded' && !redis) return undefined
  const database = await startCrashablePostgres()
  const product = await startProduct({
    databaseUrl: database.direct(),
    redisUrl: redis?.url,
    ...options,
  }).catch(async (error: unknown) => {
    // PostgreSQL keeps running after this process ends.
    await redis?.stop()
    await database.stop()
    throw error
  })
  const webhook = await product.call<Setting['webhook']>('POST', '/api/v1/webhooks', { name: 'Bench' })
  return {
    product,
    databaseUrl: database.direct(),
    redisUrl: redis?.url,
    webhook,
    stop: async () => {
      await product.stop()
      await redis?.stop()
      await database.stop()
    },
  }
}
