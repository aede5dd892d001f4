import type { Fragment, Sql } from '@whook/drizzle'
import { lateAfterSeconds } from '@whook/drizzle/store/note-late'
import { ApiError } from '@whook/shared'
import { decodeCursor, encodeCursor, timePattern, uuidPattern } from '../cursor.js'

/** What was committed at one moment, as `pg_current_snapshot()` returns it, with that moment. */
export interface Moment {
  snapshot: string
  at: string
}

/** Where a page begins. `seen` is set when only requests stored after that moment are wanted, oldest first. */
export interface Place {
  /** The moment of the first page: requests stored later wait for the next `since`. */
  now: Moment
  seen?: Moment
  /** The last id of the page before. */
  last?: string
}

/** A transaction that stores requests commits within this time, or its requests may be missed. */
const commitSeconds = 15
/** Running transactions that a snapshot names; with more, the snapshot is shortened, and some requests are listed twice. */
const runningMax = 20
const snapshotPattern = /^\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18}){0,19})?$/
const moment = [snapshotPattern, timePattern]

export async function readMoment(sql: Sql): Promise<Moment> {
  const [row] = await sql<{ snapshot: string; at: Date }[]>`
    select pg_current_snapshot()::text as snapshot, clock_timestamp() as at`
  return { snapshot: shortened(row!.snapshot), at: row!.at.toISOString() }
}

/** Reads `since` and `cursor`: a cursor keeps the direction of the page it came with. */
export async function readPlace(
  sql: Sql,
  { cursor, since }: { cursor?: string; since?: string },
): Promise<Place> {
  if (cursor === undefined) {
    // Read before the list is: what is committed in between is listed twice, never left out.
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

/** The `nextCursor` and `bookmark` of a page; `next` is the id the next page begins after, or null on the last page. */
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

/** The condition on `r` for a page, and its order. */
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
 * Whether a request was stored at a moment, by the transaction that wrote its row. `xmin` has 32 bits: the others are those
 * of the next transaction. A snapshot of another cluster, as after a restore, is from the future here and has seen nothing.
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
    const message = 'is not a bookmark; send the `bookmark` of a page of this list'
    throw new ApiError('validation', { errors: [{ path: '?since', message }], cause: error })
  }
}

/** PostgreSQL refuses a snapshot whose numbers are not in order. */
function checked(snapshot: string): string {
  const [xmin, xmax, running = ''] = snapshot.split(':') as [string, string, string?]
  const inside = running === '' ? [] : running.split(',')
  const rising = [xmin, ...inside].map(BigInt)
  const inOrder = rising.every((id, index) => index === 0 || id >= rising[index - 1]!)
  if (!inOrder || BigInt(xmin) < 1n || rising.at(-1)! > BigInt(xmax)) throw new ApiError('cursor-invalid')
  if (inside.length > 0 && rising.at(-1)! === BigInt(xmax)) throw new ApiError('cursor-invalid')
  return snapshot
}

/** As if all that ran had been running still: its requests are listed again. */
function shortened(snapshot: string): string {
  const [xmin, , running = ''] = snapshot.split(':') as [string, string, string?]
  return running.split(',').length > runningMax ? `${xmin}:${xmin}:` : snapshot
}
