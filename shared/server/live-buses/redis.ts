import { Redis } from 'ioredis'
import {
  busKinds,
  dispatchTo,
  liveText,
  type BusKind,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from '../live-bus.js'

/** Redis pub/sub, one channel per kind; a reconnect is told to the handlers as a gap. */
export function redisLiveBus({
  redisUrl,
  logger,
  prefix = 'whook',
}: LiveBusOptions & { redisUrl: string }): LiveBus {
  const channelOf = (kind: BusKind) => `${prefix}:${kind}`
  const handlers = new Set<LiveBusHandlers>()
  const publisher = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
  })
  publisher.on('error', (error) => logger.warn({ err: error }, 'live-bus.error'))
  let subscriber: Redis | undefined

  function connectSubscriber(): Redis {
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: null, connectionName: `${prefix}:live-bus` })
    let connected = false
    redis.on('error', (error) => logger.warn({ err: error }, 'live-bus.error'))
    redis.on('message', (channel, text) =>
      dispatchTo(handlers, channel === channelOf('live') ? 'live' : 'control', text, logger),
    )
    redis.on('ready', () => {
      if (connected) handlers.forEach((handler) => handler.gap())
      connected = true
    })
    return redis
  }
  const send = async (kind: BusKind, texts: string[]) => {
    await Promise.all(texts.map((text) => publisher.publish(channelOf(kind), text)))
  }

  return {
    publish: (envelopes) =>
      send(
        'live',
        envelopes.map(({ userId, messages }) =>
          liveText(
            userId,
            messages.map((message) => JSON.stringify(message)),
          ),
        ),
      ),
    control: (message) => send('control', [JSON.stringify(message)]),
    async subscribe(handler) {
      handlers.add(handler)
      subscriber ??= connectSubscriber()
      await subscriber.subscribe(...busKinds.filter((kind) => handler[kind]).map(channelOf))
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      publisher.disconnect()
      subscriber?.disconnect()
    },
  }
}
