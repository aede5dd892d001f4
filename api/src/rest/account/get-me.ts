import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { findUser } from '@whook/drizzle/queries/user/find-user'
import { readUsage, type UserUsage } from '@whook/drizzle/queries/user/read-usage'
import { ApiError, Me, type Usage } from '@whook/shared'
import type { Quotas } from '@whook/runtime/config'
import { withProblems } from '../answers.js'

const version = '0.1.0'

export const getMe: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/me',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getMe',
        summary: 'Get the current user and the installation',
        tags: ['Account'],
        response: withProblems({ 200: Me }),
      },
    },
    async (request) => {
      const row = await findUser(app.db, request.userId)
      if (!row) throw new ApiError('unauthenticated')
      const { mode, accept, publicUrl, retentionDays, bodyLimitBytes } = app.config
      const [usage] = await readUsage(app.sql, [row.id])
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
        usage: toUsage(usage!, app.config.quotas),
      }
    },
  )
}

const toUsage = ({ storedBytes, requestsToday }: UserUsage, quotas: Quotas): Usage => ({
  storedBytes,
  storedBytesMax: quotas.storedBytes === Infinity ? null : quotas.storedBytes,
  requestsToday,
  requestsPerDayMax: quotas.requestsPerDay === Infinity ? null : quotas.requestsPerDay,
})
