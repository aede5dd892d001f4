import type { Db, Sql } from '@whook/drizzle'
import { listSessions, type SessionRow } from '@whook/drizzle/queries/session/list-sessions'
import { deleteUser } from '@whook/drizzle/queries/user/delete-user'
import { ApiError, limits, type Page, type Session } from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import type { Principal } from '../../auth/authenticate.js'
import type { Sessions } from '../../auth/sessions.js'
import { decodeCursor, encodeCursor, hashPattern, timePattern, toPage } from '../cursor.js'
import { describeDevice } from './describe-device.js'

interface AccountServiceDeps {
  db: Db
  sql: Sql
  sessions: Sessions
  liveBus: Pick<LiveBus, 'control'>
}

export function createAccountService({ db, sql, sessions, liveBus }: AccountServiceDeps) {
  return {
    async sessions(
      { userId, sessionIdHash }: Principal,
      query: { limit?: number; cursor?: string },
    ): Promise<Page<Session>> {
      const { limit = limits.pageDefault, cursor } = query
      const key = decodeCursor('sessions', cursor, [timePattern, hashPattern])
      const before = key && { createdAt: key[0]!, idHash: key[1]! }
      const rows = await listSessions(sql, { userId, before, limit: limit + 1 })
      const toSession = (row: SessionRow): Session => ({
        id: row.idHash.toString('base64url'),
        current: sessionIdHash !== undefined && row.idHash.equals(sessionIdHash),
        device: describeDevice(row.userAgent),
        ip: row.ip,
        createdAt: row.createdAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      })
      return toPage(rows, limit, toSession, (row) =>
        encodeCursor('sessions', [row.createdAt.toISOString(), row.idHash.toString('hex')]),
      )
    },

    async endSession(userId: string, id: string): Promise<void> {
      const idHash = Buffer.from(id, 'base64url')
      const ended = await sessions.end(userId, idHash)
      if (ended === 0) throw new ApiError('session-not-found')
      const sessionIdHash = idHash.toString('base64url')
      await liveBus.control({ type: 'user.sessions-revoked', userId, sessionIdHash })
    },

    async endSessions(userId: string): Promise<void> {
      await sessions.end(userId)
      await liveBus.control({ type: 'user.sessions-revoked', userId })
    },

    /** Deletes a user. All data is inaccessible immediately; the maintenance job purges rows without a foreign key. */
    async remove(userId: string, confirm: string): Promise<void> {
      if (confirm.toLowerCase() !== userId) {
        const message = 'must be your user id, as returned by GET /api/v1/me'
        throw new ApiError('validation', { errors: [{ path: '?confirm', message }] })
      }
      const webhooks = await deleteUser(db, userId)
      await liveBus.control({ type: 'slug.changed', slugs: webhooks.map(({ slug }) => slug) })
      await liveBus.control({ type: 'webhook.changed', webhookIds: webhooks.map(({ id }) => id) })
      await liveBus.control({ type: 'user.deleted', userId })
    },
  }
}

export type AccountService = ReturnType<typeof createAccountService>
