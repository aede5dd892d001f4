import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMigration } from './new-migration.mjs'
import { migratedFunctions, normalised } from './sql-functions.mjs'

const drizzle = fileURLToPath(new URL('../drizzle/', import.meta.url))

/** Copies of the migrations and functions, which the test may change. */
function copies() {
  const folder = mkdtempSync(join(drizzle, 'node_modules/.whook-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['migrations', 'functions'])
    cpSync(join(drizzle, name), join(folder, name), { recursive: true })
  const [migrations, functions] = [join(folder, 'migrations'), join(folder, 'functions')]
  const edit = (name: string, from: string, to: string) => {
    const file = join(functions, `${name}.sql`)
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }
  const journal = () =>
    JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8')) as {
      entries: { idx: number; when: number; tag: string }[]
    }
  return { migrations, functions, edit, journal }
}

describe('npm run new:migration', () => {
  it('creates the next migration with the changed functions', async () => {
    const { migrations, functions, edit, journal } = copies()
    const before = journal().entries
    edit('uuid_floor', '* 1000', '* 1000.0')
    edit('note_deletion', 'RETURN NULL', 'RETURN OLD')

    const { file, changed } = await createMigration({ name: 'two-functions', migrations, functions })

    expect(changed).toEqual(['note_deletion', 'uuid_floor'])
    const after = journal().entries
    expect(after.slice(0, -1)).toEqual(before)
    const last = after.at(-1)!
    expect(last.tag).toBe(`${String(before.length).padStart(4, '0')}_two-functions`)
    expect(last.when).toBeGreaterThan(before.at(-1)!.when)
    expect(readFileSync(file, 'utf8').match(/^CREATE OR REPLACE FUNCTION \w+/gm)).toHaveLength(2)
    expect(migratedFunctions(migrations).get('note_deletion')).toContain('RETURN OLD')
    expect((await createMigration({ name: 'nothing-left', migrations, functions })).changed).toEqual([])
  })

  it('creates an empty migration when nothing changed, and ignores comments', async () => {
    const { migrations, functions, edit } = copies()
    edit('uuid_floor', '-- Returns', '-- Now returns')
    const { file, changed } = await createMigration({ name: 'by-hand', migrations, functions })
    expect(changed).toEqual([])
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  it('throws an error when the parameters of a function changed', async () => {
    const { migrations, functions, edit, journal } = copies()
    edit('uuid_floor', 'at timestamptz', 'at timestamptz, later int')
    await expect(createMigration({ name: 'reshaped', migrations, functions })).rejects.toThrow(
      'of uuid_floor changed',
    )
    expect(journal().entries.at(-1)!.tag).not.toContain('reshaped')
  })
})

describe('normalised', () => {
  it('removes comments and spaces outside of strings', () => {
    const sql =
      "-- Why\nCREATE FUNCTION f() RETURNS text -- it's short\nLANGUAGE sql AS $$\n  SELECT '--  a' $$;\n"
    expect(normalised(sql)).toBe(
      "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '--  a' $$",
    )
  })
})
