import type { Sql } from '@whook/drizzle'
import { readMoment, type Moment, type RequestPlace } from '@whook/drizzle/queries/request/request-place'
import { ApiError } from '@whook/shared'
import { decodeCursor, encodeCursor, timePattern, uuidPattern } from '../cursor.js'

/** Maximum of running transactions in a snapshot; with more it is shortened, and some requests are listed twice. */
const runningMax = 20
const snapshotPattern = /^\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18}){0,19})?$/
const moment = [snapshotPattern, timePattern]

async function currentMoment(sql: Sql): Promise<Moment> {
  const { snapshot, at } = await readMoment(sql)
  return { snapshot: shortened(snapshot), at }
}

/** Decodes `since` and `cursor`; a cursor keeps the direction of its page. Throws ApiError (400) if invalid. */
export async function readPlace(
  sql: Sql,
  { cursor, since }: { cursor?: string; since?: string },
): Promise<RequestPlace> {
  if (cursor === undefined) {
    // Read the snapshot before the list: a request committed in between is listed twice, never omitted.
    const now = await currentMoment(sql)
    return since === undefined ? { now } : { now, seen: readBookmark(since) }
  }
  const key = decodeEither(cursor)
  if (key.length === 1) return { now: await currentMoment(sql), last: key[0] }
  const [seen, seenAt, now, at, last] = key as [string, string, string, string, string]
  return {
    seen: { snapshot: checked(seen), at: seenAt },
    now: { snapshot: checked(now), at },
    last,
  }
}

/** Returns `nextCursor` and `bookmark` of a page. `next`: the last id of the page, or null on the last page. */
export function writePlace({ now, seen, last }: RequestPlace, next: string | null) {
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
