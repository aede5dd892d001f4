import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { ensurePartitions } from './maintenance/partitions.js'

export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../migrations' : '../migrations', import.meta.url),
)

/** SQLSTATE 55P03 lock_not_available, 40P01 deadlock_detected. */
const lockCodes = ['55P03', '40P01']

interface MigrateOptions {
  /** Seconds that a statement waits for a lock. Other statements on the table wait behind it. */
  lockSeconds?: number
  /** Milliseconds for which a migration without a lock is repeated. */
  withinMs?: number
  /** Milliseconds between two attempts, in which the statements that waited behind the lock run. */
  restMs?: number
  /** Of the migrations; default: this package's. */
  folder?: string
}

/**
 * Migrates the schema and creates the partitions around today. Safe to run from several processes at the same time,
 * and beside processes of an earlier version: no statement waits for a lock for long, and all migrations are one
 * transaction.
 */
export async function migrate(
  url: string,
  { lockSeconds = 3, withinMs = 600_000, restMs = 2000, folder = migrationsFolder }: MigrateOptions = {},
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    // A lock of the session, for which only other migrations wait.
    await sql`select pg_advisory_lock(hashtext('whook migrations'))`
    await sql`select set_config('lock_timeout', ${`${lockSeconds}s`}, false)`
    await withLocks(
      async () => {
        await runMigrations(drizzle(sql), { migrationsFolder: folder })
        await ensurePartitions(sql)
      },
      { until: performance.now() + withinMs, restMs },
    )
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function withLocks(work: () => Promise<void>, { until, restMs }: { until: number; restMs: number }) {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isLockError(error) || performance.now() > until) throw error
      await sleep(restMs)
    }
  }
}

function isLockError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isLockError)
  const { code, cause } = error as { code?: string; cause?: unknown }
  return lockCodes.includes(code ?? '') || (cause !== undefined && isLockError(cause))
}
