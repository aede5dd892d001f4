import { describe, expect, it } from 'vitest'
import { prettyJson } from './pretty-json.js'

describe('prettyJson', () => {
  it.each([
    { a: [1, { b: null }, []], c: {}, d: 'x: {"y", [z]}', e: [[true]] },
    [],
    'text with "quotes" and \\',
    -1.5e3,
  ])('returns the text of JSON.stringify for %j', (value) => {
    expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
    expect(prettyJson(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2))
  })

  it('keeps the digits of numbers and repeated names', () => {
    const text = '{"id":12345678901234567890,"a":1.10,"a":1e400}'
    expect(prettyJson(text)).toBe('{\n  "id": 12345678901234567890,\n  "a": 1.10,\n  "a": 1e400\n}')
  })

  it('returns one spelling of each string', () => {
    expect(prettyJson(String.raw`["\u00e9\/"]`)).toBe('[\n  "é/"\n]')
  })

  it.each(['', 'a: b', '{"a":', '['.repeat(2000) + ']'.repeat(2000)])('returns %s unchanged', (text) => {
    expect(prettyJson(text)).toBe(text)
  })
})
