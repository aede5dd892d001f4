import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Returns the SQL functions of a folder with one file per function, as a map from the name to the text. A file starts with
 * a comment, followed by one `CREATE OR REPLACE FUNCTION` with the name of the file.
 */
export function sourceFunctions(folder) {
  const functions = new Map()
  for (const file of readdirSync(folder).toSorted()) {
    const text = readFileSync(join(folder, file), 'utf8')
    const names = [...text.matchAll(/^CREATE OR REPLACE FUNCTION (\w+)/gm)].map(([, name]) => name)
    if (names.length !== 1 || names[0] !== basename(file, '.sql') || !text.startsWith('-- ')) {
      throw new Error(`${file} needs a comment and one CREATE OR REPLACE FUNCTION ${basename(file, '.sql')}`)
    }
    functions.set(names[0], text)
  }
  return functions
}

/** Returns the SQL functions after all migrations of a folder, as a map from the name to the last definition. */
export function migratedFunctions(folder) {
  const { entries } = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'))
  const functions = new Map()
  for (const { tag } of entries) {
    const statements = readFileSync(join(folder, `${tag}.sql`), 'utf8').split('--> statement-breakpoint')
    for (const statement of statements) {
      const [, verb, name] =
        /^(CREATE (?:OR REPLACE )?|DROP )FUNCTION (?:IF EXISTS )?(\w+)/i.exec(normalised(statement)) ?? []
      if (name && /^drop/i.test(verb)) functions.delete(name)
      else if (name) functions.set(name, statement.trim())
    }
  }
  return functions
}

/** Returns the functions whose source differs from the migrations, and the migrated ones without a source. */
export function compareFunctions(source, migrated) {
  return {
    changed: [...source.keys()].filter(
      (name) => normalised(source.get(name)) !== normalised(migrated.get(name) ?? ''),
    ),
    /** With other parameters or another result: PostgreSQL refuses to replace them, or keeps both. */
    reshaped: [...source.keys()].filter(
      (name) => migrated.has(name) && shapeOf(source.get(name)) !== shapeOf(migrated.get(name)),
    ),
    missing: [...migrated.keys()].filter((name) => !source.has(name)),
  }
}

const shapeOf = (sql) => /FUNCTION (.*?) LANGUAGE/.exec(normalised(sql))?.[1]

/** Returns the definition without comments and with single spaces, so that comments change without a migration. */
export const normalised = (sql) =>
  sql
    .replace(/'(?:[^']|'')*'|(?:--[^\n]*|\s)+/g, (part) => (part.startsWith("'") ? part : ' '))
    .replace(/^ ?CREATE FUNCTION/, 'CREATE OR REPLACE FUNCTION')
    .replace(/ ?;? ?$/, '')
    .trim()
