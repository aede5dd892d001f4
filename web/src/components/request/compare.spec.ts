import { describe, expect, it } from 'vitest'
import { compareJson } from './compare.js'
import { jsonPrefix } from './json-prefix.js'

const nested = (depth: number, inner: unknown) => {
  let value = inner
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

describe('compareJson', () => {
  it('returns the path of each leaf that differs', () => {
    expect(compareJson({ a: 1, b: [1, { c: 'x' }] }, { a: 1, b: [2, { c: 'y' }], d: null })).toEqual([
      { path: '$.b.0', before: '1', after: '2' },
      { path: '$.b.1.c', before: '"x"', after: '"y"' },
      { path: '$.d', before: undefined, after: 'null' },
    ])
  })

  it('returns the beginning of a value when it has 50,000 levels', () => {
    const [difference] = compareJson({ a: nested(50_000, 1) }, { a: 1 })
    expect(difference).toMatchObject({ path: '$.a', after: '1' })
    expect(difference!.before).toMatch(/^\[{2000}…$/)
  })

  it('returns short paths when the differences are deep', () => {
    const before = nested(
      50_000,
      Array.from({ length: 5000 }, () => 1),
    )
    const after = nested(
      50_000,
      Array.from({ length: 5000 }, () => 2),
    )
    const differences = compareJson(before, after)
    expect(differences).toHaveLength(2000)
    expect(Math.max(...differences.map(({ path }) => path.length))).toBeLessThan(200)
    expect(differences[0]!.path).toMatch(/^…(\.0)+$/)
  })
})

it.each([[1], ['a"b'], [null], [[]], [{}], [[1, [2, {}]]], [{ a: { b: [1, 'x'] }, c: null }]])(
  'returns the JSON of %j',
  (value) => expect(jsonPrefix(value)).toBe(JSON.stringify(value)),
)
