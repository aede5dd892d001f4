import postgres from 'postgres'
import { inject } from 'vitest'
import { build } from '../../scripts/build.mjs'

/** Builds the `dist` of the servers for tests of the production code. A lock lets one test file build at a time. */
export async function ensureBuilt(): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(hashtext('whook build'))`
    await build({ web: false, log: () => {} })
  } finally {
    await sql.end()
  }
}
