import type { Fragment, Sql } from '../../client.js'
import { lateAfterSeconds } from './note-late.js'

/** A snapshot of committed transactions (`pg_current_snapshot()`) and its time (RFC 3339). */
export interface Moment {
  snapshot: string
  at: string
}

/** The start of a page. With `seen`, the page lists only requests stored after that moment, oldest first. */
export interface RequestPlace {
  /** The moment of the first page: requests stored later are listed by the next `since`. */
  now: Moment
  seen?: Moment
  /** The last id of the previous page. */
  last?: string
}

/** Requests of a transaction that takes longer to commit may be missing from the list. */
const commitSeconds = 15

export async function readMoment(sql: Sql): Promise<Moment> {
  const [row] = await sql<{ snapshot: string; at: Date }[]>`
    select pg_current_snapshot()::text as snapshot, clock_timestamp() as at`
  return { snapshot: row!.snapshot, at: row!.at.toISOString() }
}

/** Returns the SQL condition on `r` for a page, and its order. */
export function pageCondition(sql: Sql, { now, seen, last }: RequestPlace, webhookId: string) {
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
