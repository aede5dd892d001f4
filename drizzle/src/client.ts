import { createConnectSocket } from '@whook/runtime/connect-socket'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema/index.js'

export type Sql = postgres.Sql
/** A piece of SQL with its values, for use inside another statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>
export type Db = ReturnType<typeof connect>['db']

/** Milliseconds for the network round trip, added to the statement timeout. */
const answerMs = 3000

interface ConnectOptions {
  poolSize: number
  /** Shown in pg_stat_activity. */
  name: string
  /** Milliseconds after which PostgreSQL cancels a statement; 0 means no limit. */
  statementTimeoutMs?: number
}

/** Opens one postgres.js pool, usable as plain SQL and through drizzle. Close it with `await using` or `close()`. */
export function connect(url: string, { poolSize, name, statementTimeoutMs = 30_000 }: ConnectOptions) {
  const sql = postgres(url, {
    max: poolSize,
    connect_timeout: 5,
    // Seconds until the next connection attempt. The maximum of 0.5 s detects a recovered database within a second.
    backoff: (attempts: number) => Math.min(0.05 * 2 ** attempts, 0.5),
    ...({ socket: createConnectSocket(statementTimeoutMs && statementTimeoutMs + answerMs) } as object),
    idle_timeout: 60,
    onnotice: () => {},
    // No JIT: PostgreSQL overestimates plans over many partitions, and their compilation takes longer than the run.
    connection: { application_name: name, statement_timeout: statementTimeoutMs, jit: 'off' },
  })
  const timestamptz = { parse: sql.options.parsers[1184]!, serialize: sql.options.serializers[1184]! }
  const db = drizzle(sql, { schema })
  // drizzle disables the date conversion of postgres.js. Plain SQL needs it, and drizzle works with it too.
  sql.options.parsers[1184] = timestamptz.parse
  sql.options.serializers[1184] = timestamptz.serialize
  const close = () => sql.end({ timeout: 5 })
  return { sql, db, close, [Symbol.asyncDispose]: close }
}
