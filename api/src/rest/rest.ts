import type { FastifyPluginAsync } from 'fastify'
import { authenticate } from '../auth/authenticate.js'
import requests from './requests/requests.js'
import webhooks from './webhooks/webhooks.js'

/** The second door: scripts and the SPA ask. Everything behind sign-in, each resource by name; nothing here is public. */
const rest: FastifyPluginAsync = async (app) => {
  app.decorateRequest('principal')
  app.decorateRequest('userId', '')
  app.addHook('onRequest', authenticate)

  await app.register(webhooks)
  await app.register(requests)
}

export default rest
