import { ConfigError, loadConfig } from '@whook/runtime/config'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import { migrate } from './migrate.js'
import { waitForDatabase } from './wait-for-database.js'

/** The container's `migrate`: brings DATABASE_URL up to date and ends. Safe at any time, and several at once. */
try {
  const { databaseUrl } = loadConfig(process.env)
  await waitForDatabase(databaseUrl, (error) =>
    process.stderr.write(`Waiting for PostgreSQL: ${(error as Error).message}\n`),
  )
  await migrate(databaseUrl)
  await migrateQueues(databaseUrl)
  process.stdout.write('The database is up to date.\n')
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`)
  process.exitCode = 1
}
