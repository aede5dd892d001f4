import type { Fragment, Sql } from '../../client.js'
import type { RequestFilter } from '@whook/shared'
import { finalStatuses, openStatuses, skippedStatuses } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'

/** Returns a filter as one SQL condition on `r`. */
export const requestConditions = (sql: Sql, filter: RequestFilter): Fragment =>
  sql`${indexedConditions(sql, filter)} and ${searchConditions(sql, filter)}`

/**
 * Returns the conditions that indexes serve. `after` and `before` become bounds of the id, so that they prune
 * partitions.
 */
export function indexedConditions(sql: Sql, filter: RequestFilter): Fragment {
  const parts: Fragment[] = []
  if (filter.after) parts.push(sql`r.id >= ${floorOf(sql, sql`${filter.after}::timestamptz`)}`)
  if (filter.before) parts.push(sql`r.id < ${floorOf(sql, sql`${filter.before}::timestamptz`)}`)
  if (filter.method) parts.push(methodCondition(sql, filter.method))
  return all(sql, parts)
}

/** The lowest id of a time. Ids count from 1970: an earlier time would become an id in the far future. */
export const floorOf = (sql: Sql, moment: Fragment): Fragment =>
  sql`uuid_floor(greatest(${moment}, to_timestamp(0)))`

/** Returns the conditions that PostgreSQL evaluates for each row. */
export function searchConditions(sql: Sql, filter: RequestFilter): Fragment {
  const parts: Fragment[] = []
  if (filter.q) parts.push(textCondition(sql, filter.q))
  if (filter.status) parts.push(statusCondition(sql, filter.status))
  if (filter.verification) parts.push(sql`r.verification = ${filter.verification}`)
  return all(sql, parts)
}

export const isSearch = ({ q, status, verification }: RequestFilter) => Boolean(q ?? status ?? verification)

const all = (sql: Sql, parts: Fragment[]) =>
  parts.reduce<Fragment>((done, part) => sql`${done} and ${part}`, sql`true`)

/** Matches the partial index of requests other than POST. For one method the rows are in the order of their ids. */
function methodCondition(sql: Sql, list: string): Fragment {
  const methods = [...new Set(list.split(',').map((method) => method.trim().toUpperCase()))]
  if (methods.includes('POST')) return sql`r.method = any(${methods})`
  const [only] = methods
  return methods.length === 1
    ? sql`(r.method <> 'POST' and r.method = ${only!})`
    : sql`(r.method <> 'POST' and r.method = any(${methods}))`
}

/**
 * Case-insensitive text search in path, query, event, id, body and headers. Bodies and headers may be binary, so they
 * are searched in PostgreSQL's escape format. There case is ignored for A to Z only.
 */
function textCondition(sql: Sql, q: string): Fragment {
  const like = containing(q)
  const bytes = containing(writtenBytes(q))
  return sql`(r.path ilike ${like} or r.query ilike ${like} or r.event ilike ${like} or r.id::text ilike ${like}
    or encode(r.body, 'escape') collate "C" ilike ${bytes}
    or encode(r.headers, 'escape') collate "C" ilike ${bytes})`
}

const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** The format of `encode(..., 'escape')`: a backslash is doubled; NUL and bytes outside ASCII are octal. */
const writtenBytes = (text: string) =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      if (byte === 0x5c) return '\\\\'
      return byte === 0 || byte > 0x7f ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)
    })
    .join('')

function statusCondition(sql: Sql, status: NonNullable<RequestFilter['status']>): Fragment {
  const having = {
    failed: sql`bool_or(d.status = 'dead')`,
    waiting: sql`bool_or(${statusIn(sql, 'd.status', openStatuses)})`,
    delivered: sql`bool_and(${statusIn(
      sql,
      'd.status',
      finalStatuses.filter((one) => one !== 'dead'),
    )}) and bool_or(d.status = 'delivered')`,
    filtered: sql`count(*) > 0 and bool_and(${statusIn(sql, 'd.status', skippedStatuses)})`,
    none: sql`count(*) = 0`,
  }[status]
  return sql`(select ${having} from delivery d where ${deliveriesOf(sql)})`
}

/**
 * Joins the deliveries of `r`. Their ids begin with the time of the request, so the primary key finds them within one
 * millisecond of one partition. No other index is needed.
 */
export const deliveriesOf = (sql: Sql): Fragment => sql`d.request_id = r.id
  and d.id >= uuid_of_millisecond(r.id, 0) and d.id < uuid_of_millisecond(r.id, 1)`
