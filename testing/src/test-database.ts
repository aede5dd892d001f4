import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { connect } from '@whook/drizzle/client'

/** Creates a separate database on the PostgreSQL of the run, migrated or empty. Drops it when disposed. */
export async function createTestDatabase({ poolSize = 5, empty = false } = {}) {
  const serverUrl = inject('postgresUrl')
  const name = `whook_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} })
  if (empty) await admin.unsafe(`create database ${name}`)
  else await createFromTemplate(admin, name)

  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const client = connect(url.href, { poolSize, name: 'test' })
  const drop = async () => {
    await client.close()
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  }
  return { url: url.href, name, sql: client.sql, db: client.db, drop, [Symbol.asyncDispose]: drop }
}

/** PostgreSQL cannot copy a template twice at the same time: wait for a lock. */
async function createFromTemplate(admin: postgres.Sql, name: string) {
  const template = inject('templateName')
  await admin`select pg_advisory_lock(hashtext('whook test template'))`
  try {
    await admin.unsafe(`create database ${name} template ${template}`)
  } finally {
    await admin`select pg_advisory_unlock(hashtext('whook test template'))`
  }
}
