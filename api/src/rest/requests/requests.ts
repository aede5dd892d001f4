import type { FastifyPluginAsync } from 'fastify'
import { deleteRequest } from './delete-request.js'
import { deleteRequests } from './delete-requests.js'
import { getRequestBody } from './get-request-body.js'
import { getRequest } from './get-request.js'
import { listRequests } from './list-requests.js'

const requests: FastifyPluginAsync = async (app) => {
  for (const route of [listRequests, getRequest, getRequestBody, deleteRequest, deleteRequests]) {
    await app.register(route)
  }
}

export default requests
