import { describe, expect, it } from 'vitest'
import { jsonTokens } from './json-tokens.js'

const joined = (text: string) =>
  jsonTokens(text)
    .map((token) => token.text)
    .join('')

describe('jsonTokens', () => {
  it('returns keys, strings, numbers and words as separate tokens', () => {
    expect(jsonTokens('{"a": "b", "n": -1.5e3, "t": true}').filter(({ kind }) => kind !== 'plain')).toEqual([
      { kind: 'key', text: '"a"' },
      { kind: 'string', text: '"b"' },
      { kind: 'key', text: '"n"' },
      { kind: 'number', text: '-1.5e3' },
      { kind: 'key', text: '"t"' },
      { kind: 'word', text: 'true' },
    ])
  })

  it.each(['{"q": "say \\"true\\" : 1"}', '[1,, 2', 'not JSON at all: 1', '', '{"open": "never closed'])(
    'keeps the text: %s',
    (text) => expect(joined(text)).toBe(text),
  )

  it('returns one token when the text is long', () => {
    expect(jsonTokens(`["${'x'.repeat(60_000)}"]`)).toHaveLength(1)
  })
})
