import type { Sql } from './client.js'

/** Runs statements that PostgreSQL cancels (SQLSTATE 57014) after `ms` milliseconds each. */
export const withinMs = <T>(sql: Sql, ms: number, work: (tx: Sql) => PromiseLike<T>) =>
  sql.begin('read only', async (tx) => {
    await tx`select set_config('statement_timeout', ${String(ms)}, true)`
    // TransactionSql has the same query interface as Sql.
    return work(tx as unknown as Sql)
  }) as Promise<T>
