import type { FastifyPluginAsync } from 'fastify'
import { authenticate } from '../auth/authenticate.js'
import { createHostCheck } from '../auth/host-check.js'
import { addNoStore } from '../plugins/no-store.js'
import { requireScope } from '../auth/scopes.js'
import account from './account/account.js'
import apiKeys from './api-keys/api-keys.js'
import deliveries from './deliveries/deliveries.js'
import destinations from './destinations/destinations.js'
import { addFairShare } from './fair-share.js'
import { holdBodies } from './hold-bodies.js'
import { lowerIds } from './ids.js'
import { checkRoute, completeBody } from './route-contract.js'
import replays from './replays/replays.js'
import requests from './requests/requests.js'
import stats from './stats/stats.js'
import transformations from './transformations/transformations.js'
import webhooks from './webhooks/webhooks.js'

/** The REST API for scripts and the dashboard. Every route requires authentication. */
const rest: FastifyPluginAsync = async (app) => {
  addNoStore(app)
  app.addHook('onRequest', createHostCheck(app.config))
  app.addHook('onRequest', authenticate)
  app.addHook('onRequest', requireScope)
  holdBodies(app)
  app.addHook('preValidation', lowerIds)
  app.addHook('preValidation', completeBody)
  app.addHook('onRoute', checkRoute)
  addFairShare(app)

  await app.register(account)
  await app.register(webhooks)
  await app.register(requests)
  await app.register(destinations)
  await app.register(transformations)
  await app.register(deliveries)
  await app.register(replays)
  await app.register(stats)
  await app.register(apiKeys)
}

export default rest
