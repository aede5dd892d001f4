import { describe, expect, it } from 'vitest'
import { xmlTokens } from './xml-tokens.js'

const kinds = (text: string) => xmlTokens(text).map((token) => [token.kind, token.text])

describe('xmlTokens', () => {
  it('returns names, attributes, values, text and comments as separate tokens', () => {
    expect(kinds('<!-- n --><a b="1" c><d/>x</a>')).toEqual([
      ['aside', '<!-- n -->'],
      ['bracket', '<'],
      ['name', 'a'],
      ['bracket', ' '],
      ['attribute', 'b'],
      ['bracket', '='],
      ['string', '"1"'],
      ['bracket', ' '],
      ['attribute', 'c'],
      ['bracket', '>'],
      ['bracket', '<'],
      ['name', 'd'],
      ['bracket', '/>'],
      ['text', 'x'],
      ['bracket', '</'],
      ['name', 'a'],
      ['bracket', '>'],
    ])
  })

  it.each([
    '<a b="never closed',
    '<a b=\'"\' c="\'"/>',
    '< a>1 < 2 &amp; 3 > 2</a>',
    '<![CDATA[<b>]]><!DOCTYPE a [<!ENTITY b "c">]>',
    '<?xml version="1.0"?>\n<a>\n  <b/>\n</a>',
    '<>',
    '<a\n\tb\n=\n"c\nd"\n/>',
    '',
    '<'.repeat(9000),
    '<a '.repeat(9000),
    `<a ${'"\''.repeat(9000)}`,
  ])('keeps the text: %s', (text) =>
    expect(
      xmlTokens(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text),
  )

  it('returns one token when the text is long', () => {
    expect(xmlTokens('<a/>'.repeat(20_000))).toHaveLength(1)
  })
})
