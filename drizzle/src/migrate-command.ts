import { ConfigError, loadConfig } from '@whook/runtime/config'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import { migrate } from './migrate.js'
import { waitForDatabase } from './wait-for-database.js'

/**
 * Command `migrate` of the container: migrates the database at DATABASE_URL and exits. Safe to run repeatedly and
 * concurrently.
 */
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
