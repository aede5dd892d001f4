import { session, user, webhook, type Db } from '@whook/drizzle'
import { ApiError, limits, type Page, type Session } from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Principal } from '../../auth/authenticate.js'
import type { Sessions } from '../../auth/sessions.js'
import { decodeCursor, encodeCursor, hashPattern, timePattern, toPage } from '../cursor.js'
import { describeDevice } from './describe-device.js'

interface AccountServiceDeps {
  db: Db
  sessions: Sessions
  liveBus: Pick<LiveBus, 'control'>
}

export function createAccountService({ db, sessions, liveBus }: AccountServiceDeps) {
  return {
    async sessions(
      { userId, sessionIdHash }: Principal,
      query: { limit?: number; cursor?: string },
    ): Promise<Page<Session>> {
      const { limit = limits.pageDefault, cursor } = query
      const key = decodeCursor('sessions', cursor, [timePattern, hashPattern])
      const rows = await db
        .select()
        .from(session)
        .where(
          and(
            eq(session.userId, userId),
            gt(session.expiresAt, sql`now()`),
            gt(session.lastSeenAt, sql`now() - make_interval(days => ${limits.sessionIdleDays})`),
            key
              ? sql`(${session.createdAt}, ${session.idHash}) < (${key[0]!}::timestamptz, decode(${key[1]!}, 'hex'))`
              : undefined,
          ),
        )
        .orderBy(desc(session.createdAt), desc(session.idHash))
        .limit(limit + 1)
      const toSession = (row: typeof session.$inferSelect): Session => ({
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
      const { id, slug } = webhook
      const hooks = await db.select({ id, slug }).from(webhook).where(eq(webhook.userId, userId))
      await db.delete(user).where(eq(user.id, userId))
      await liveBus.control({ type: 'slug.changed', slugs: hooks.map(({ slug }) => slug) })
      await liveBus.control({ type: 'webhook.changed', webhookIds: hooks.map(({ id }) => id) })
      await liveBus.control({ type: 'user.deleted', userId })
    },
  }
}

export type AccountService = ReturnType<typeof createAccountService>
