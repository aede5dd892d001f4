import type { Sql } from '@whook/drizzle'
import { createTestDatabase } from '@whook/testing/test-database'
import { expect, it } from 'vitest'
import { judge, type Point } from './judge.js'
import { createPostgresReader } from './read-postgres.js'

const tables = 250
const rounds = 5

it.skipIf(process.platform !== 'linux' || process.env['TEST_DATABASE_URL'])(
  'returns bounded until a connection opens more files than the server allows',
  async () => {
    await using database = await createTestDatabase({ poolSize: 1 })
    const read = await createPostgresReader(database.sql)
    const files = async () =>
      (await read()).find(({ name }) => name === 'PostgreSQL: maximum files of one process')!
    const { allowed } = await files()
    const [limit] = await database.sql<{ files: number }[]>`
      select current_setting('max_files_per_process')::int as files`
    const { atMost } = allowed as { atMost: number }
    expect(atMost).toBeGreaterThan(limit!.files)
    expect(atMost).toBeLessThan(limit!.files * 1.1)

    // Each table with its index has two files. A connection keeps files open until it reaches the limit.
    const allRounds = Array.from({ length: rounds }, (_, round) => round)
    for (const round of allRounds)
      await forEachTable(database.sql, round, 'create table %I (id int primary key)')
    const points: Point[] = []
    for (const round of allRounds) {
      await forEachTable(database.sql, round, 'insert into %I values (1)')
      points.push([round, (await files()).value])
    }
    const values = points.map(([, value]) => value)
    expect(tables * rounds * 2).toBeGreaterThan(2 * limit!.files)
    expect(values.at(-1)).toBeGreaterThan(limit!.files * 0.8)
    const series = { name: 'files', unit: 'open', points, allowed }
    expect([values, judge(series).verdict]).toEqual([values, 'bounded'])
    expect(judge({ ...series, points: [...points, [rounds, atMost + 1]] }).verdict).toBe('growing')
  },
  60_000,
)

const forEachTable = (sql: Sql, round: number, statement: string) =>
  sql.unsafe(`do $$ begin for i in 1..${tables} loop
    execute format('${statement}', format('kept_%s_%s', ${round}, i));
  end loop; end $$`)
