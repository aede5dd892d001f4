import type { LiveBus, LiveBusOptions } from './channels.js'
import { postgresLiveBus } from './postgres.js'
import { redisLiveBus } from './redis.js'

export type { LiveBus }

/** Creates the bus on Redis if `redisUrl` is set, else on PostgreSQL. */
export function createLiveBus(options: LiveBusOptions): LiveBus {
  return options.redisUrl
    ? redisLiveBus({ ...options, redisUrl: options.redisUrl })
    : postgresLiveBus(options)
}
