import type { FastifyPluginAsync } from 'fastify'
import { authenticate } from '../auth/authenticate.js'

/** Everything behind sign-in. Each resource is registered by name; nothing here is public. */
const rest: FastifyPluginAsync = async (app) => {
  app.decorateRequest('principal')
  app.decorateRequest('userId', '')
  app.addHook('onRequest', authenticate)
}

export default rest
