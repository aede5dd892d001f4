import type { FastifyPluginAsync } from 'fastify'
import { createApiKey } from './create-api-key.js'
import { deleteApiKey } from './delete-api-key.js'
import { listApiKeys } from './list-api-keys.js'

const apiKeys: FastifyPluginAsync = async (app) => {
  for (const route of [createApiKey, listApiKeys, deleteApiKey]) await app.register(route)
}

export default apiKeys
