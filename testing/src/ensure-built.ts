import postgres from 'postgres'
import { inject } from 'vitest'
import { build } from '../../scripts/build.mjs'

/** Brings the servers' `dist` up to date, for tests of what runs in production; one test file at a time does it. */
export async function ensureBuilt(): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(hashtext('whook build'))`
    await build({ web: false, log: () => {} })
  } finally {
    await sql.end()
  }
}
