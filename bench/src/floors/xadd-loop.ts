import { Redis } from 'ioredis'

interface XaddLoopOptions {
  redisUrl: string
  body: Buffer
  seconds: number
  depth?: number
}

/** F5: pipelined XADD of the same bytes. Resolves to entries per second. */
export async function xaddLoop({ redisUrl, body, seconds, depth = 64 }: XaddLoopOptions): Promise<number> {
  const redis = new Redis(redisUrl)
  const key = `bench:xadd:${process.pid}`
  const endsAt = performance.now() + seconds * 1000
  let added = 0
  while (performance.now() < endsAt) {
    const pipeline = redis.pipeline()
    for (let i = 0; i < depth; i++) pipeline.xadd(key, 'MAXLEN', '~', '10000', '*', 'b', body)
    await pipeline.exec()
    added += depth
  }
  await redis.del(key)
  redis.disconnect()
  return added / seconds
}
