import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

const folder = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../migrations' : '../migrations', import.meta.url),
)

/** Brings the schema up to date and makes the partitions around today. Safe to run from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    await sql`select pg_advisory_lock(hashtext('whook migrations'))`
    await runMigrations(drizzle(sql), { migrationsFolder: folder })
    await sql`select ensure_partitions((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 7)`
  } finally {
    await sql.end({ timeout: 5 })
  }
}
