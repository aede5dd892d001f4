import type { FastifyPluginAsync } from 'fastify'
import { getMe } from './get-me.js'

const account: FastifyPluginAsync = async (app) => {
  for (const route of [getMe]) await app.register(route)
}

export default account
