import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '@whook/launcher/embedded/embedded-postgres'
import { migrate } from '@whook/drizzle/migrate'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server with a migrated template database: see createTestDatabase. */
    postgresUrl: string
    templateName: string
  }
}

/**
 * Starts one real PostgreSQL for the whole run: TEST_DATABASE_URL if set, else the embedded server in a new folder.
 */
export default async function setup(project: TestProject) {
  const given = process.env['TEST_DATABASE_URL']
  const dataDir = given ? undefined : await mkdtemp(join(tmpdir(), 'whook-test-'))
  if (dataDir) await chmod(dataDir, 0o711)
  const embedded = dataDir ? await startEmbeddedPostgres({ dataDir }) : undefined
  const url = given ?? embedded!.url
  const templateName = `whook_template_${process.pid}`

  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${templateName}`)
  await migrate(withDatabase(url, templateName))
  await migrateQueues(withDatabase(url, templateName))
  project.provide('postgresUrl', url)
  project.provide('templateName', templateName)

  return async () => {
    await admin.unsafe(`drop database if exists ${templateName} with (force)`)
    await admin.end()
    await embedded?.stop()
    if (dataDir) await rm(dataDir, { recursive: true, force: true })
  }
}

function withDatabase(url: string, name: string) {
  const next = new URL(url)
  next.pathname = `/${name}`
  return next.href
}
