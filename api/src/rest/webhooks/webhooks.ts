import type { FastifyPluginAsync } from 'fastify'
import { createWebhook } from './create-webhook.js'
import { deleteWebhook } from './delete-webhook.js'
import { getWebhook } from './get-webhook.js'
import { listWebhooks } from './list-webhooks.js'
import { rotateWebhookUrl } from './rotate-webhook-url.js'
import { updateWebhook } from './update-webhook.js'

const webhooks: FastifyPluginAsync = async (app) => {
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
}

export default webhooks
