import { newId, newSlug } from '@whook/shared/server/ids'
import fp from 'fastify-plugin'
import { createRequestsService, type RequestsService } from './requests/requests.service.js'
import { createWebhooksService, type WebhooksService } from './webhooks/webhooks.service.js'

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: WebhooksService
    requests: RequestsService
  }
}

/** The rules behind the routes, made once with what they need. */
export default fp(
  async (app) => {
    const { db, sql, secrets, liveBus, announcer, config } = app
    const { tell, deliveriesDue } = announcer
    const { publicUrl } = config
    app.decorate(
      'webhooks',
      createWebhooksService({ db, sql, secrets, liveBus, tell, deliveriesDue, publicUrl, newId, newSlug }),
    )
    app.decorate('requests', createRequestsService({ db, sql, tell }))
  },
  { name: 'services', dependencies: ['database', 'live-bus', 'secrets'] },
)
