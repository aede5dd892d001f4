import type { FastifyPluginAsync } from 'fastify'
import { deleteMe } from './delete-me.js'
import { deleteSession } from './delete-session.js'
import { deleteSessions } from './delete-sessions.js'
import { getMe } from './get-me.js'
import { listSessions } from './list-sessions.js'

const account: FastifyPluginAsync = async (app) => {
  for (const route of [getMe, listSessions, deleteSession, deleteSessions, deleteMe])
    await app.register(route)
}

export default account
