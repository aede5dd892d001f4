import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { root } from './install.mjs'
import { compareFunctions, migratedFunctions, sourceFunctions } from './sql-functions.mjs'

const drizzle = join(root, 'drizzle')
const breakpoint = '--> statement-breakpoint\n'

/**
 * `npm run new:migration <name>`: creates the next migration of `drizzle/migrations` with its snapshot and journal entry.
 * It contains the changes of `drizzle/src/schema` and of the files in `drizzle/functions`. Without changes it is empty, for
 * SQL that you write. It needs no database.
 */
export async function main([name]) {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name ?? ''))
    throw new Error('Name the migration in lower case with hyphens: npm run new:migration retry-limits')
  const { file, changed, missing } = await createMigration({ name })
  console.log(`Created ${relative(root, file)}`)
  if (changed.length > 0) console.log(`Functions: ${changed.join(', ')}`)
  for (const one of missing)
    console.log(`${one}() has no file in drizzle/functions: restore it, or add DROP FUNCTION ${one}`)
  console.log(
    'Start the file with a comment that says why. Processes of the release before must run with it.',
  )
}

/** Returns the path of the new migration, the functions in it, and the migrated functions without a file. */
export async function createMigration({
  name,
  migrations = join(drizzle, 'migrations'),
  functions = join(drizzle, 'functions'),
}) {
  const source = sourceFunctions(functions)
  const { changed, reshaped, missing } = compareFunctions(source, migratedFunctions(migrations))
  if (reshaped.length > 0)
    throw new Error(
      `The parameters or the result of ${reshaped.join(', ')} changed. Give the function a new name: processes of the ` +
        'release before call the old one while an upgrade runs.',
    )
  const before = journalOf(migrations).entries.at(-1)
  await generate(migrations, ['--name', name])
  if (journalOf(migrations).entries.at(-1).idx === before.idx)
    await generate(migrations, ['--custom', '--name', name])
  const tag = putAfter(migrations, before)

  const file = join(migrations, `${tag}.sql`)
  const schema = readFileSync(file, 'utf8').replace(/^-- Custom SQL migration file.*\s*/, '')
  const parts = [schema, ...changed.map((one) => source.get(one))].filter((part) => part.trim() !== '')
  writeFileSync(file, parts.map((part) => `${part.trim()}\n`).join(breakpoint))
  return { file, changed, missing }
}

async function generate(migrations, args) {
  const program = join(drizzle, 'node_modules/drizzle-kit/bin.cjs')
  // drizzle-kit prefixes the folder with `./`.
  const out = relative(drizzle, migrations)
  const schema = 'src/schema/index.ts'
  await promisify(execFile)(
    process.execPath,
    [program, 'generate', '--dialect', 'postgresql', '--schema', schema, '--out', out, ...args],
    { cwd: drizzle },
  )
}

const journalFile = (migrations) => join(migrations, 'meta/_journal.json')
const journalOf = (migrations) => JSON.parse(readFileSync(journalFile(migrations), 'utf8'))

/** PostgreSQL skips a migration whose time is before the last one, for example after a clock was wrong. */
function putAfter(migrations, before) {
  const journal = journalOf(migrations)
  const last = journal.entries.at(-1)
  last.when = Math.max(last.when, before.when + 1000)
  writeFileSync(journalFile(migrations), JSON.stringify(journal, null, 2))
  return last.tag
}
