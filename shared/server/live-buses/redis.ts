import { Redis } from 'ioredis'
import {
  dispatchTo,
  type BusMessage,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from '../live-bus.js'

/** Redis pub/sub on one channel; a reconnect is told to the handlers as a gap. */
export function redisLiveBus({
  redisUrl,
  logger,
  prefix = 'whook',
}: LiveBusOptions & { redisUrl: string }): LiveBus {
  const channel = `${prefix}:live`
  const handlers = new Set<LiveBusHandlers>()
  const publisher = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
  })
  publisher.on('error', (error) => logger.warn({ err: error }, 'live-bus.error'))
  let subscriber: Promise<Redis> | undefined

  async function connectSubscriber(): Promise<Redis> {
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: null, connectionName: channel })
    redis.on('error', (error) => logger.warn({ err: error }, 'live-bus.error'))
    redis.on('message', (_channel, text) => dispatchTo(handlers, text, logger))
    await redis.subscribe(channel)
    redis.on('ready', () => handlers.forEach((handler) => handler.gap()))
    return redis
  }
  const send = async (message: BusMessage) => {
    await publisher.publish(channel, JSON.stringify(message))
  }

  return {
    publish: (envelopes) => send({ live: envelopes }),
    control: (control) => send({ control }),
    async subscribe(handler) {
      handlers.add(handler)
      subscriber ??= connectSubscriber()
      await subscriber
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      publisher.disconnect()
      if (subscriber) (await subscriber).disconnect()
    },
  }
}
