import { Redis } from 'ioredis'
import {
  busKinds,
  dispatchTo,
  liveText,
  type BusKind,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from './channels.js'

/** A dead connection is detected and reported as a gap within the sum of these. */
const pingEveryMs = 5000
const silentMsMax = 5000
/** Maximum milliseconds that a starting process waits for an unavailable Redis. */
const connectMs = 3000

/** The live bus on Redis pub/sub, one channel per kind. Calls `gap` of the handlers after a reconnect. */
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
  logAway(publisher, logger)
  // Messages published during startup wait for the first connection.
  const tried = firstTry(publisher)
  let subscriber: { redis: Redis; tried: Promise<void> } | undefined
  let pinging: NodeJS.Timeout | undefined

  function connectSubscriber() {
    const redis = new Redis(redisUrl, {
      maxRetriesPerRequest: null,
      connectionName: `${prefix}:live-bus`,
      connectTimeout: connectMs,
      socketTimeout: silentMsMax,
    })
    let connected = false
    // A subscriber cannot detect a silently dropped connection by reading, so it sends pings.
    pinging = setInterval(() => {
      if (redis.status === 'ready') redis.ping().catch(() => {})
    }, pingEveryMs).unref()
    logAway(redis, logger)
    redis.on('message', (channel, text) =>
      dispatchTo(handlers, channel === channelOf('live') ? 'live' : 'control', text, logger),
    )
    redis.on('ready', () => {
      if (connected) handlers.forEach((handler) => handler.gap())
      connected = true
    })
    return { redis, tried: firstTry(redis) }
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
      const { redis, tried } = subscriber
      const subscribed = redis.subscribe(...busKinds.filter((kind) => handler[kind]).map(channelOf))
      // Rejects when the bus is closed meanwhile; nothing waits for it then.
      subscribed.catch(() => {})
      await tried
      if (redis.status === 'ready') await subscribed
      else void subscribed.then(handler.gap, () => {})
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      clearInterval(pinging)
      publisher.disconnect()
      subscriber?.redis.disconnect()
    },
  }
}

/** Resolves when the first attempt to connect has succeeded or failed. */
const firstTry = (redis: Redis) =>
  new Promise<void>((resolve) => {
    redis.once('ready', resolve)
    redis.once('error', () => resolve())
    redis.once('end', resolve)
  })

/** Logs one warning per outage of Redis, not one per attempt to reconnect. */
function logAway(redis: Redis, logger: LiveBusOptions['logger']): void {
  let isLogged = false
  redis.on('ready', () => (isLogged = false))
  redis.on('error', (error) => {
    if (!isLogged) logger.warn({ err: error }, 'live-bus.error')
    isLogged = true
  })
}
