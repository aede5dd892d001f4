import type { Fragment, Sql } from '@whook/drizzle'
import { lateAfterSeconds } from '@whook/drizzle/store/note-late'
import { ApiError } from '@whook/shared'
import { decodeCursor, encodeCursor, timePattern, uuidPattern } from '../cursor.js'

/** A snapshot of committed transactions (`pg_current_snapshot()`) and its time. */
export interface Moment {
  snapshot: string
  at: string
}

/** The start of a page. With `seen`, the page lists only requests stored after that moment, oldest first. */
export interface Place {
  /** The moment of the first page: requests stored later are listed by the next `since`. */
  now: Moment
  seen?: Moment
  /** The last id of the previous page. */
  last?: string
}

/** Requests of a transaction that takes longer to commit may be missing from the list. */
const commitSeconds = 15
/** Maximum of running transactions in a snapshot; with more it is shortened, and some requests are listed twice. */
const runningMax = 20
const snapshotPattern = /^\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18}){0,19})?$/
const moment = [snapshotPattern, timePattern]

export async function readMoment(sql: Sql): Promise<Moment> {
  const [row] = await sql<{ snapshot: string; at: Date }[]>`
    select pg_current_snapshot()::text as snapshot, clock_timestamp() as at`
  return { snapshot: shortened(row!.snapshot), at: row!.at.toISOString() }
}

/** Decodes `since` and `cursor`; a cursor keeps the direction of its page. Throws ApiError (400) if invalid. */
export async function readPlace(
  sql: Sql,
  { cursor, since }: { cursor?: string; since?: string },
): Promise<Place> {
  if (cursor === undefined) {
    // Read the snapshot before the list: a request committed in between is listed twice, never omitted.
    const now = await readMoment(sql)
    return since === undefined ? { now } : { now, seen: readBookmark(since) }
  }
  const key = decodeEither(cursor)
  if (key.length === 1) return { now: await readMoment(sql), last: key[0] }
  const [seen, seenAt, now, at, last] = key as [string, string, string, string, string]
  return {
    seen: { snapshot: checked(seen), at: seenAt },
    now: { snapshot: checked(now), at },
    last,
  }
}

/** Returns `nextCursor` and `bookmark` of a page. `next`: the last id of the page, or null on the last page. */
export function writePlace({ now, seen, last }: Place, next: string | null) {
  const bookmark = encodeCursor('bookmark', [now.snapshot, now.at])
  if (!seen)
    return {
      nextCursor: next && encodeCursor('requests', [next]),
      bookmark: last === undefined ? bookmark : null,
    }
  const key = next && [seen.snapshot, seen.at, now.snapshot, now.at, next]
  return {
    nextCursor: key && encodeCursor('requests-since', key),
    bookmark: next === null ? bookmark : null,
  }
}

/** Returns the SQL condition on `r` for a page, and its order. */
export function pageCondition(sql: Sql, { now, seen, last }: Place, webhookId: string) {
  if (!seen) return { condition: last ? sql`r.id < ${last}::uuid` : sql`true`, order: sql`desc` }
  const condition = sql`${last ? sql`r.id > ${last}::uuid` : sql`true`}
    and (r.id >= uuid_floor(${seen.at}::timestamptz - make_interval(secs => ${lateAfterSeconds + commitSeconds}))
      or r.id in (select request_id from late_request where webhook_id = ${webhookId}
        and stored_at >= ${seen.at}::timestamptz - make_interval(secs => ${commitSeconds})))
    and not ${isStoredAt(sql, seen)} and ${isStoredAt(sql, now)}`
  return { condition, order: sql`asc` }
}

/**
 * SQL condition: the transaction that wrote the row had committed at a moment. `xmin` has 32 bits; the upper bits are
 * taken from the next transaction id. After a restore an old snapshot can be ahead of this cluster: it has seen no row.
 */
const isStoredAt = (sql: Sql, { snapshot }: Moment): Fragment => sql`
  (pg_snapshot_xmax(${snapshot}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
    and pg_visible_in_snapshot((select (n - (n - r.xmin::text::bigint) % 4294967296)::text::xid8
      from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as n) next), ${snapshot}::pg_snapshot))`

function decodeEither(cursor: string): string[] {
  try {
    return decodeCursor('requests', cursor, [uuidPattern])!
  } catch {
    return decodeCursor('requests-since', cursor, [...moment, ...moment, uuidPattern])!
  }
}

function readBookmark(since: string): Moment {
  try {
    const [snapshot, at] = decodeCursor('bookmark', since, moment) as [string, string]
    return { snapshot: checked(snapshot), at }
  } catch (error) {
    const message = 'is not a valid bookmark; use the `bookmark` of a page of this list'
    throw new ApiError('validation', { errors: [{ path: '?since', message }], cause: error })
  }
}

/** Returns the snapshot. Throws `cursor-invalid` if its numbers are not in order, which PostgreSQL would reject. */
function checked(snapshot: string): string {
  const [xmin, xmax, running = ''] = snapshot.split(':') as [string, string, string?]
  const inside = running === '' ? [] : running.split(',')
  const rising = [xmin, ...inside].map(BigInt)
  const inOrder = rising.every((id, index) => index === 0 || id >= rising[index - 1]!)
  if (!inOrder || BigInt(xmin) < 1n || rising.at(-1)! > BigInt(xmax)) throw new ApiError('cursor-invalid')
  if (inside.length > 0 && rising.at(-1)! === BigInt(xmax)) throw new ApiError('cursor-invalid')
  return snapshot
}

/** Returns an earlier snapshot if too many transactions run: requests of the newer ones are listed again. */
function shortened(snapshot: string): string {
  const [xmin, , running = ''] = snapshot.split(':') as [string, string, string?]
  return running.split(',').length > runningMax ? `${xmin}:${xmin}:` : snapshot
}
