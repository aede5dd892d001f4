import { describe, expect, it } from 'vitest'
import { findInText, foundMax, textPieces } from './text-pieces.js'

const cut = (text: string, find: string, current = 0) =>
  textPieces([{ kind: 'text', text }], { starts: findInText(text, find), length: find.length, current })
const marked = (pieces: ReturnType<typeof cut>) => pieces.filter(({ match }) => match >= 0)

describe('findInText and textPieces', () => {
  it('finds the literal text in any case', () => {
    expect(findInText('a.b A.B axb', 'a.b')).toEqual([0, 4])
    expect(findInText('\u0130x X', 'x')).toEqual([1, 3])
    expect(findInText('(a)\\[', ')\\[')).toEqual([2])
    expect(findInText('a', '')).toEqual([])
  })

  it('returns at most foundMax matches', () => {
    expect(findInText('e'.repeat(50_000), 'e')).toHaveLength(foundMax)
  })

  it.each(['x1x2x', 'xxx', 'none', '1x', ''])('marks every match and keeps the text: %s', (text) => {
    const pieces = cut(text, 'x')
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(marked(pieces).map((piece) => piece.match)).toEqual(findInText(text, 'x').map((_, n) => n))
  })

  it('marks a match that spans pieces of different colours', () => {
    const tokens = [
      { kind: 'name', text: 'ab' },
      { kind: 'text', text: 'cd' },
    ]
    expect(textPieces(tokens, { starts: [1], length: 2, current: 0 })).toEqual([
      { kind: 'name', text: 'a', match: -1 },
      { kind: 'name', text: 'b', match: 0 },
      { kind: 'text', text: 'c', match: 0 },
      { kind: 'text', text: 'd', match: -1 },
    ])
  })

  it('marks only matches near the current one when there are many', () => {
    const text = 'e.'.repeat(5000)
    const some = marked(cut(text, 'e', 3000)).map(({ match }) => match)
    expect(some).toContain(3000)
    expect(some.length).toBeLessThan(1000)
  })
})
