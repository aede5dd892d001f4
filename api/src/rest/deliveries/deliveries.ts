import type { FastifyPluginAsync } from 'fastify'
import { cancelDelivery } from './cancel-delivery.js'
import { deliverAnyway } from './deliver-anyway.js'
import { getDelivery } from './get-delivery.js'
import { listDeliveries } from './list-deliveries.js'
import { listRequestDeliveries } from './list-request-deliveries.js'
import { releaseDeliveries } from './release-deliveries.js'
import { retryDelivery } from './retry-delivery.js'

const deliveries: FastifyPluginAsync = async (app) => {
  for (const route of [
    listDeliveries,
    listRequestDeliveries,
    getDelivery,
    retryDelivery,
    cancelDelivery,
    deliverAnyway,
    releaseDeliveries,
  ])
    await app.register(route)
}

export default deliveries
