import { createHash, randomBytes } from 'node:crypto'
import { session, type Db, type Sql } from '@whook/drizzle'
import { limits } from '@whook/shared'
import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { clock, monotonicMs } from '@whook/runtime/clock'
import { lockOwner } from '@whook/drizzle/within-limit'
import { and, desc, eq, inArray } from 'drizzle-orm'

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
/** `last_seen_at` is updated at most this often. */
const seenEverySeconds = 60

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
    const [row] = await sql<{ user_id: string; seen_seconds: number }[]>`
      select user_id, extract(epoch from now() - last_seen_at)::float8 as seen_seconds from session
      where id_hash = ${idHash} and expires_at > now()
        and last_seen_at > now() - make_interval(days => ${limits.sessionIdleDays})`
    if (!row) return undefined
    if (row.seen_seconds > seenEverySeconds) {
      await sql`
        update session set last_seen_at = now()
        where id_hash = ${idHash} and last_seen_at < now() - make_interval(secs => ${seenEverySeconds})`
    }
    return { userId: row.user_id, idHash }
  }

  return {
    /**
     * Returns a new session id. Every sign-in gets a new one, which prevents session fixation. Above the limit the
     * least recently used sessions end; other processes forget them within `freshMs`.
     */
    async create({ userId, ip, userAgent }: NewSession): Promise<string> {
      const id = randomBytes(32).toString('base64url')
      await db.transaction(async (tx) => {
        await lockOwner(tx, { userId })
        await tx.delete(session).where(
          inArray(
            session.idHash,
            tx
              .select({ idHash: session.idHash })
              .from(session)
              .where(eq(session.userId, userId))
              .orderBy(desc(session.lastSeenAt), desc(session.createdAt))
              .offset(limits.sessionsPerUserMax - 1),
          ),
        )
        await tx.insert(session).values({
          idHash: hashSessionId(id),
          userId,
          ip,
          userAgent: userAgent.slice(0, 300),
          expiresAt: new Date(clock.now() + limits.sessionAbsoluteDays * 86_400_000),
        })
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
      const ended = await db
        .delete(session)
        .where(and(eq(session.userId, userId), idHash ? eq(session.idHash, idHash) : undefined))
        .returning({ idHash: session.idHash })
      forget()
      return ended.length
    },
    forget,
  }
}

export type Sessions = ReturnType<typeof createSessions>
