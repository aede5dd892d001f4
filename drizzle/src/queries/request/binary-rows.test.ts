import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createTestDatabase } from '@whook/testing/test-database'
import { encodeRows } from './binary-rows.js'

const columns = { id: 'uuid', note: 'text', bytes: 'bytea', n: 'int4', at: 'timestamptz' } as const

// storableText removes characters that PostgreSQL text does not allow.
const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''))
const row = fc.tuple(
  fc.uuid(),
  fc.option(fc.oneof(text, fc.constant('é€😀'.repeat(2000)))),
  fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
  fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
)

it('returns equal rows when PostgreSQL reads the COPY data', async () => {
  await using database = await createTestDatabase()
  const { sql } = database
  await sql`create table encoded (position serial, id uuid, note text, bytes bytea, n int4, at timestamptz)`
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 6 }), async (rows) => {
      const read = await sql.begin(async (tx) => {
        await tx`truncate encoded`
        const copy = await tx
          .unsafe('copy encoded (id, note, bytes, n, at) from stdin (format binary)')
          .writable()
        copy.end(encodeRows(Object.values(columns), rows))
        await setImmediate()
        return tx`select id, note, bytes, n, extract(epoch from at) * 1000 as at from encoded order by position`
      })
      const wanted = rows.map(([id, note, bytes, n, at]) => ({ id, note, bytes, n, at }))
      expect(
        read.map((found) => ({ ...found, at: found['at'] === null ? null : Number(found['at']) })),
      ).toEqual(wanted)
    }),
    { numRuns: 100 },
  )
})
