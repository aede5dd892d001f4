import { limits } from '@whook/shared'
import type { Sql } from '../../client.js'
import { scopedTo } from '../scoped-to.js'

export interface SessionRow {
  idHash: Buffer
  ip: string
  userAgent: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
}

interface SessionPage {
  userId: string
  /** Time of creation (RFC 3339) and hash (hex) of the last session of the previous page. */
  before?: { createdAt: string; idHash: string }
  limit: number
}

/** Returns the user's sessions that have not expired, newest first. */
export const listSessions = (sql: Sql, { userId, before, limit }: SessionPage) => sql<SessionRow[]>`
  select id_hash as "idHash", ip, user_agent as "userAgent", created_at as "createdAt", last_seen_at as "lastSeenAt",
    expires_at as "expiresAt"
  from session
  where ${scopedTo(userId).in(sql, 'session')} and expires_at > now()
    and last_seen_at > now() - make_interval(days => ${limits.sessionIdleDays})
    and ${before ? sql`(created_at, id_hash) < (${before.createdAt}::timestamptz, decode(${before.idHash}, 'hex'))` : sql`true`}
  order by created_at desc, id_hash desc limit ${limit}`
