import { createHash, randomBytes } from 'node:crypto'
import type { Db, Sql } from '@whook/drizzle'
import { createSession } from '@whook/drizzle/queries/session/create-session'
import { endSessions } from '@whook/drizzle/queries/session/end-sessions'
import { findSession } from '@whook/drizzle/queries/session/find-session'
import { limits } from '@whook/shared'
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

/** How long a session row is cached. A sign-out in another process clears the cache over the live bus. */
const believedMs = 3000

/**
 * Sessions are rows: the cookie contains the id, the table its hash. A session expires after 7 days without use, and
 * after 30 days in any case.
 */
export function createSessions({ db, sql, now = monotonicMs }: { db: Db; sql: Sql; now?: () => number }) {
  const known = new Map<string, { record: SessionRecord | undefined; readAt: number }>()
  /** Increments when sessions end, so that a row read before that is not cached. */
  let age = 0

  function forget() {
    age++
    known.clear()
  }

  async function read(id: string): Promise<SessionRecord | undefined> {
    const idHash = hashSessionId(id)
    const row = await findSession(sql, idHash)
    return row && { userId: row.userId, idHash }
  }

  return {
    /**
     * Returns a new session id. Every sign-in gets a new one, which prevents session fixation. Above the limit the
     * least recently used sessions end; other processes forget them within `believedMs`.
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
      const entry = known.get(id)
      if (entry && now() - entry.readAt < believedMs) return entry.record
      const [ageBefore, readAt] = [age, now()]
      const record = await read(id)
      if (age === ageBefore) known.set(id, { record, readAt })
      if (known.size > 10_000) known.delete(known.keys().next().value!)
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
