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

/** A dead connection is told as a gap within the sum of these. */
const pingEveryMs = 5000
const silentMsMax = 5000

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
    socketTimeout: 3000,
  })
  publisher.on('error', (error) => logger.warn({ err: error }, 'live-bus.error'))
  // What is said in the first moments is not lost to a connection that is about to be there.
  const tried = new Promise<void>((resolve) => {
    publisher.once('ready', resolve)
    publisher.once('error', () => resolve())
    publisher.once('end', resolve)
  })
  let subscriber: Redis | undefined
  let pinging: NodeJS.Timeout | undefined

  function connectSubscriber(): Redis {
    const redis = new Redis(redisUrl, {
      maxRetriesPerRequest: null,
      connectionName: `${prefix}:live-bus`,
      socketTimeout: silentMsMax,
    })
    let connected = false
    // Who only listens hears nothing on a connection that was forgotten: so it speaks from time to time.
    pinging = setInterval(() => {
      if (redis.status === 'ready') redis.ping().catch(() => {})
    }, pingEveryMs).unref()
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
    await tried
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
      clearInterval(pinging)
      publisher.disconnect()
      subscriber?.disconnect()
    },
  }
}
