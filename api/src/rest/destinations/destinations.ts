import type { FastifyPluginAsync } from 'fastify'
import { createDestination } from './create-destination.js'
import { deleteDestination } from './delete-destination.js'
import { getDestination } from './get-destination.js'
import { listDestinations } from './list-destinations.js'
import { rotateDestinationSecret } from './rotate-destination-secret.js'
import { testDestination } from './test-destination.js'
import { testFilter } from './test-filter.js'
import { tryDestination } from './try-destination.js'
import { updateDestination } from './update-destination.js'

const destinations: FastifyPluginAsync = async (app) => {
  for (const route of [
    createDestination,
    listDestinations,
    getDestination,
    updateDestination,
    rotateDestinationSecret,
    testDestination,
    testFilter,
    tryDestination,
    deleteDestination,
  ])
    await app.register(route)
}

export default destinations
