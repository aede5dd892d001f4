import { createHash, randomBytes } from 'node:crypto'
import type { Db, Sql } from '@whook/drizzle'
import { createSession } from '@whook/drizzle/queries/session/create-session'
import { endSessions } from '@whook/drizzle/queries/session/end-sessions'
import { findSession } from '@whook/drizzle/queries/session/find-session'
import { limits } from '@whook/shared'
import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { clock, monotonicMs } from '@whook/runtime/clock'

export interface SessionRecord {
  userId: string
  idHash: Buffer
}

interface NewSession {
  userId: string
  ip: string
  userAgent: string
}

export const hashSessionId = (id: string) => createHash('sha256').update(id).digest()

/** Milliseconds for which a session row is cached. The live bus clears the cache after a sign-out in another process. */
const freshMs = 3000

/**
 * Sessions are rows: the cookie contains the id, the table its hash. A session expires after 7 days without use, and
 * after 30 days in any case.
 */
export function createSessions({ db, sql, now = monotonicMs }: { db: Db; sql: Sql; now?: () => number }) {
  /** A session that does not exist is cached too. */
  const rows = createBoundedCache<string, { record: SessionRecord | undefined }>({ entriesMax: 10_000, now })
  /** Increments when sessions end, so that a row read before that is not cached. */
  let generation = 0

  function forget() {
    generation++
    rows.clear()
  }

  async function read(id: string): Promise<SessionRecord | undefined> {
    const idHash = hashSessionId(id)
    const row = await findSession(sql, idHash)
    return row && { userId: row.userId, idHash }
  }

  return {
    /**
     * Returns a new session id. Every sign-in gets a new one, which prevents session fixation. Above the limit the
     * least recently used sessions end; other processes forget them within `freshMs`.
     */
    async create({ userId, ip, userAgent }: NewSession): Promise<string> {
      const id = randomBytes(32).toString('base64url')
      await createSession(db, {
        idHash: hashSessionId(id),
        userId,
        ip,
        userAgent: userAgent.slice(0, 300),
        expiresAt: new Date(clock.now() + limits.sessionAbsoluteDays * 86_400_000),
      })
      return id
    },
    async find(id: string): Promise<SessionRecord | undefined> {
      const known = rows.peek(id)
      if (known) return known.record
      const [generationBefore, readAt] = [generation, now()]
      const record = await read(id)
      if (generation === generationBefore) rows.set(id, { record }, readAt + freshMs)
      return record
    },
    async end(userId: string, idHash?: Buffer): Promise<number> {
      const ended = await endSessions(db, userId, idHash)
      forget()
      return ended
    },
    forget,
  }
}

export type Sessions = ReturnType<typeof createSessions>
