import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { user } from '@whook/drizzle'
import { ApiError, Me } from '@whook/shared'
import { eq } from 'drizzle-orm'
import { withProblems } from '../answers.js'

const version = '0.1.0'

export const getMe: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/me',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getMe',
        summary: 'Who asks, and what this installation is',
        tags: ['Account'],
        response: withProblems({ 200: Me }),
      },
    },
    async (request) => {
      const [row] = await app.db.select().from(user).where(eq(user.id, request.userId))
      if (!row) throw new ApiError('unauthenticated')
      const { mode, accept, publicUrl, retentionDays, bodyLimitBytes } = app.config
      return {
        user: {
          id: row.id,
          email: row.email,
          name: row.name,
          picture: row.picture,
          createdAt: row.createdAt.toISOString(),
        },
        mode,
        durability: { accept, queue: app.queues.backend, ...(await app.queues.durability()) },
        csrfToken: request.principal.csrfToken ?? null,
        version,
        publicUrl,
        retentionDays,
        bodyLimitBytes,
      }
    },
  )
}
