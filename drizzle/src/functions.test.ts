import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@whook/testing/test-database'
import { describe, expect, it } from 'vitest'
import {
  compareFunctions,
  migratedFunctions,
  normalised,
  sourceFunctions,
} from '../../scripts/sql-functions.mjs'
import type { Sql } from './client.js'
import { migrationsFolder } from './migrate.js'

const source = sourceFunctions(fileURLToPath(new URL('../functions', import.meta.url)))

/** The definitions of a schema by name, without comments. */
async function definitions(sql: Sql, schema: string): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; definition: string }[]>`
    select proname as name, replace(pg_get_functiondef(oid), ${`FUNCTION ${schema}.`}, 'FUNCTION ') as definition
    from pg_proc where pronamespace = ${schema}::regnamespace order by proname`
  return Object.fromEntries(rows.map(({ name, definition }) => [name, normalised(definition)]))
}

describe('drizzle/functions', () => {
  it('has one file for each function, with the definition after all migrations', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await sql.begin(async (tx) => {
      await tx`create schema source`
      await tx`set local search_path = source, public`
      for (const text of source.values()) await tx.unsafe(text)
    })
    const [migrated, made] = [await definitions(sql, 'public'), await definitions(sql, 'source')]
    expect(Object.keys(migrated)).toEqual([...source.keys()])
    expect([...source.keys()].filter((name) => made[name] !== migrated[name])).toEqual([])
  })

  it('has no change that a migration lacks', () => {
    expect(compareFunctions(source, migratedFunctions(migrationsFolder))).toEqual({
      changed: [],
      reshaped: [],
      missing: [],
    })
  })
})
