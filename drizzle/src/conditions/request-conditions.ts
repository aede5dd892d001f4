import type { Fragment, Sql } from '../client.js'
import type { RequestFilter } from '@whook/shared'

/** The part of a filter that PostgreSQL decides, as one SQL condition on `r`. */
export const requestConditions = (sql: Sql, filter: RequestFilter): Fragment =>
  sql`${indexedConditions(sql, filter)} and ${searchConditions(sql, filter)}`

/** What indexes serve. `after` and `before` become bounds of the id, so that they prune partitions. */
export function indexedConditions(sql: Sql, filter: RequestFilter): Fragment {
  const parts: Fragment[] = []
  if (filter.after) parts.push(sql`r.id >= ${floorOf(sql, sql`${filter.after}::timestamptz`)}`)
  if (filter.before) parts.push(sql`r.id < ${floorOf(sql, sql`${filter.before}::timestamptz`)}`)
  if (filter.method) parts.push(methodCondition(sql, filter.method))
  return all(sql, parts)
}

/** The lowest id of a moment. Ids count from 1970: a moment before it would be written as one that never comes. */
export const floorOf = (sql: Sql, moment: Fragment): Fragment =>
  sql`uuid_floor(greatest(${moment}, to_timestamp(0)))`

/** What must be asked of row after row. */
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

/** Written so that the index of calls that are not POST serves it, in order of their ids where one method is asked for. */
function methodCondition(sql: Sql, list: string): Fragment {
  const methods = [...new Set(list.split(',').map((method) => method.trim().toUpperCase()))]
  if (methods.includes('POST')) return sql`r.method = any(${methods})`
  const [only] = methods
  return methods.length === 1
    ? sql`(r.method <> 'POST' and r.method = ${only!})`
    : sql`(r.method <> 'POST' and r.method = any(${methods}))`
}

/**
 * Found in what people remember of a request, whatever its case. Bodies and headers need not be text, so they are searched
 * as PostgreSQL writes bytes: there case is ignored for A to Z alone.
 */
function textCondition(sql: Sql, q: string): Fragment {
  const like = containing(q)
  const bytes = containing(writtenBytes(q))
  return sql`(r.path ilike ${like} or r.query ilike ${like} or r.event ilike ${like} or r.id::text ilike ${like}
    or encode(r.body, 'escape') collate "C" ilike ${bytes}
    or encode(r.headers, 'escape') collate "C" ilike ${bytes})`
}

const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** As `encode(..., 'escape')` writes them: a backslash twice, NUL and what is not ASCII in octal. */
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
    waiting: sql`bool_or(d.status in ('pending', 'held', 'delivering', 'retrying'))`,
    delivered: sql`bool_and(d.status in ('delivered', 'recovered', 'filtered', 'cancelled')) and bool_or(d.status = 'delivered')`,
    filtered: sql`count(*) > 0 and bool_and(d.status in ('filtered', 'cancelled'))`,
    none: sql`count(*) = 0`,
  }[status]
  return sql`(select ${having} from delivery d where ${deliveriesOf(sql)})`
}

/**
 * Deliveries of `r`: their ids begin with the request's time, so the primary key finds them within one millisecond of
 * one partition, without an index of their own.
 */
export const deliveriesOf = (sql: Sql): Fragment => sql`d.request_id = r.id
  and d.id >= uuid_of_millisecond(r.id, 0) and d.id < uuid_of_millisecond(r.id, 1)`
