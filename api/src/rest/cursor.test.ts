import { ApiError } from '@whook/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor, timePattern, toPage, uuidPattern } from './cursor.js'

const shape = [timePattern, uuidPattern]
const time = fc
  .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const key = fc.tuple(time, fc.uuid())

function refusal(run: () => unknown) {
  try {
    return { answered: run() }
  } catch (error) {
    return error instanceof ApiError ? error.code : { threw: error }
  }
}

describe('cursors', () => {
  it('return their key only for their own list', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), key, (list, key) => {
        const cursor = encodeCursor(list, key)
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(decodeCursor(list, cursor, shape)).toEqual(key)
        expect(refusal(() => decodeCursor(`${list}x`, cursor, shape))).toBe('cursor-invalid')
        expect(refusal(() => decodeCursor(list, cursor, [uuidPattern]))).toBe('cursor-invalid')
      }),
    )
  })

  it('are refused as invalid for any other text or key', () => {
    const json = fc.oneof(
      fc.json(),
      fc.array(fc.jsonValue(), { maxLength: 5 }).map((rest) => JSON.stringify(['1', 'list', ...rest])),
    )
    const wrong = fc.oneof(
      fc.string({ unit: 'binary' }),
      json.map((text) => Buffer.from(text).toString('base64url')),
      // A key whose parts match the pattern only after conversion to text.
      key.map((key) => Buffer.from(JSON.stringify(['1', 'list', [key[0]], [key[1]]])).toString('base64url')),
      // Well-formed times that do not exist in the calendar.
      fc
        .tuple(fc.constantFrom('2026-02-31', '2026-13-01', '2026-00-10', '2025-02-29'), fc.uuid())
        .map(([day, id]) => encodeCursor('list', [`${day}T00:00:00.000Z`, id])),
    )
    fc.assert(
      fc.property(wrong, (cursor) => {
        expect(refusal(() => decodeCursor('list', cursor, shape))).toBe('cursor-invalid')
      }),
      { numRuns: 2000 },
    )
  })

  it('return every item once for any list length and page size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 15 }),
        (ids, limit) => {
          const sorted = [...ids].sort()
          const read: string[] = []
          let cursor: string | undefined
          do {
            const [after] = decodeCursor('list', cursor, [uuidPattern]) ?? ['']
            const rows = sorted.filter((id) => id > after!).slice(0, limit + 1)
            const page = toPage(
              rows,
              limit,
              (id) => id,
              (id) => encodeCursor('list', [id]),
            )
            read.push(...page.items)
            cursor = page.nextCursor ?? undefined
          } while (cursor !== undefined)
          expect(read).toEqual(sorted)
        },
      ),
    )
  })
})
