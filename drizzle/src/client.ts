import { createConnectSocket } from '@whook/runtime/connect-socket'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema/index.js'

export type Sql = postgres.Sql
/** A piece of SQL with its values, to stand inside another statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>
export type Db = ReturnType<typeof connect>['db']

/** What an answer may take beside its statement. */
const answerMs = 3000

interface ConnectOptions {
  poolSize: number
  /** Shown in pg_stat_activity. */
  name: string
  /** Milliseconds PostgreSQL lets one statement run; 0 is for ever. */
  statementTimeoutMs?: number
}

/** One pool of postgres.js, seen as plain SQL and as drizzle. Close with `await using` or `close()`. */
export function connect(url: string, { poolSize, name, statementTimeoutMs = 30_000 }: ConnectOptions) {
  const sql = postgres(url, {
    max: poolSize,
    connect_timeout: 5,
    // Seconds before the next try to connect: a database that is back is found within one.
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 0.5),
    ...({ socket: createConnectSocket(statementTimeoutMs && statementTimeoutMs + answerMs) } as object),
    idle_timeout: 60,
    onnotice: () => {},
    // A plan over many days' partitions looks dear to PostgreSQL, and is compiled for longer than it runs.
    connection: { application_name: name, statement_timeout: statementTimeoutMs, jit: 'off' },
  })
  const timestamptz = { parse: sql.options.parsers[1184]!, serialize: sql.options.serializers[1184]! }
  const db = drizzle(sql, { schema })
  // drizzle turns the client's own date conversion off and does it itself; plain SQL needs it, and both can live with it.
  sql.options.parsers[1184] = timestamptz.parse
  sql.options.serializers[1184] = timestamptz.serialize
  const close = () => sql.end({ timeout: 5 })
  return { sql, db, close, [Symbol.asyncDispose]: close }
}
