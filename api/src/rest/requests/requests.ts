import fp from 'fastify-plugin'
import { deleteRequest } from './delete-request.js'
import { deleteRequests } from './delete-requests.js'
import { getRequestBody } from './get-request-body.js'
import { getRequest } from './get-request.js'
import { listRequests } from './list-requests.js'
import { createRequestsService, type RequestsService } from './requests.service.js'

declare module 'fastify' {
  interface FastifyInstance {
    requests: RequestsService
  }
}

export default fp(
  async (app) => {
    app.decorate('requests', createRequestsService({ db: app.db, sql: app.sql, tell: app.announcer.tell }))
    for (const route of [listRequests, getRequest, getRequestBody, deleteRequest, deleteRequests]) {
      await app.register(route)
    }
  },
  { name: 'requests', dependencies: ['database', 'live-bus'], encapsulate: true },
)
