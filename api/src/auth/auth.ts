import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsync } from 'fastify'
import { addNoStore } from '../plugins/no-store.js'
import { createHostCheck } from './host-check.js'
import { localSignIn } from './local-sign-in.js'
import { oidcSignIn } from './oidc/oidc-sign-in.js'
import { signOut } from './sign-out.js'

/** The public routes of sign-in. Attempts are limited per address; the limiter fails closed. */
const auth: FastifyPluginAsync = async (app) => {
  addNoStore(app)
  app.addHook('onRequest', createHostCheck(app.config))
  await app.register(rateLimit, { global: false })
  await app.register(localSignIn)
  if (app.config.mode === 'server') await app.register(oidcSignIn)
  await app.register(signOut)
}

export default auth
