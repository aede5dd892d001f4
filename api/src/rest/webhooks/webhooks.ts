import { newId, newSlug } from '@whook/shared/server/ids'
import fp from 'fastify-plugin'
import { createWebhook } from './create-webhook.js'
import { deleteWebhook } from './delete-webhook.js'
import { getWebhook } from './get-webhook.js'
import { listWebhooks } from './list-webhooks.js'
import { rotateWebhookUrl } from './rotate-webhook-url.js'
import { updateWebhook } from './update-webhook.js'
import { createWebhooksService, type WebhooksService } from './webhooks.service.js'

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: WebhooksService
  }
}

export default fp(
  async (app) => {
    const { db, sql, secrets, liveBus, announcer, config } = app
    app.decorate(
      'webhooks',
      createWebhooksService({
        db,
        sql,
        secrets,
        liveBus,
        tell: announcer.tell,
        deliveriesDue: announcer.deliveriesDue,
        publicUrl: config.publicUrl,
        newId,
        newSlug,
      }),
    )
    for (const route of [
      createWebhook,
      listWebhooks,
      getWebhook,
      updateWebhook,
      rotateWebhookUrl,
      deleteWebhook,
    ]) {
      await app.register(route)
    }
  },
  { name: 'webhooks', dependencies: ['database', 'live-bus', 'secrets'], encapsulate: true },
)
