import { describe, expect, it } from 'vitest'
import { jsonLines, pathOf } from './json-lines.js'

describe('jsonLines', () => {
  it('returns a line and a path for every value, and the end of every bracket', () => {
    const lines = jsonLines({ a: [1, { 'b c': null }], d: 'x' })
    expect(lines.map(({ text }) => text)).toEqual(['{', '[', '1', '{', 'null', '}', ']', '"x"', '}'])
    expect(lines.map((_, at) => pathOf(lines, at))).toEqual([
      '$',
      '$.a',
      '$.a[0]',
      '$.a[1]',
      '$.a[1]["b c"]',
      '$.a[1]',
      '$.a',
      '$.d',
      '$',
    ])
    expect(lines[1]).toMatchObject({ end: 6, count: 2, key: 'a' })
  })

  it('returns one line for an empty object or array', () => {
    const lines = jsonLines({ a: {}, b: [[]], c: 1 })
    expect(lines.map(({ text }) => text)).toEqual(['{', '{}', '[', '[]', ']', '1', '}'])
    expect(pathOf(lines, 3)).toBe('$.b[0]')
    expect(jsonLines([])).toMatchObject([{ text: '[]', end: 0 }])
  })

  it('returns all lines when the value has 50,000 levels', () => {
    let deep: unknown = 0
    for (let i = 0; i < 50_000; i++) deep = [deep]
    expect(jsonLines(deep)).toHaveLength(100_001)
  })
})
