import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arrayText, jsonSeparator, jsonsText } from './array-text.js'
import { createTestDatabase } from '@whook/testing/test-database'

// storableText removes characters that PostgreSQL text does not allow.
const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''))
const awkward = fc.constantFrom('', 'null', 'NULL', '{}', '"', '\\', '\\"', ',', ' a ', '\x1e', '\n')

it('returns equal values when PostgreSQL parses the array text', async () => {
  await using database = await createTestDatabase()
  const values = fc.array(fc.option(fc.oneof(text, awkward)), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
      async (texts, numbers) => {
        const [row] = await database.sql`
        select to_json(${arrayText(texts)}::text[]) as texts, to_json(${arrayText(numbers)}::float8[]) as numbers`
        expect(row).toEqual({
          texts,
          numbers: numbers.map((number) => (number === null ? null : number + 0)),
        })
      },
    ),
    { numRuns: 100 },
  )
})

it('returns equal JSON when PostgreSQL splits the text, and null for null', async () => {
  await using database = await createTestDatabase()
  const documents = fc.array(fc.option(fc.oneof(awkward, text, fc.array(fc.tuple(text, awkward)))), {
    minLength: 1,
  })
  await fc.assert(
    fc.asyncProperty(documents, async (values) => {
      const rows = await database.sql<{ value: unknown }[]>`
        select value::json from unnest(
          string_to_array(${jsonsText(values)}, ${jsonSeparator}, ''), ${values.map(String)}::text[]) as r (value, beside)`
      expect(rows.map(({ value }) => value)).toEqual(values)
    }),
    { numRuns: 100 },
  )
})
