import { describe, expect, it } from 'vitest'
import { jsonLines } from './json-lines.js'
import { jsonMatches, splitAtMatches } from './json-matches.js'

const lines = jsonLines({ order: { id: 7, note: 'Paid' }, tags: ['new', 'paid'] })

describe('jsonMatches', () => {
  it('finds names and values in any case', () => {
    expect(jsonMatches(lines, 'PAID').map((line) => lines[line]!.text)).toEqual(['"Paid"', '"paid"'])
    expect(jsonMatches(lines, 'tags').map((line) => lines[line]!.key)).toEqual(['tags'])
  })

  it('returns no lines for a closing bracket or an empty search', () => {
    expect(jsonMatches(lines, ']')).toEqual([])
    expect(jsonMatches(lines, '')).toEqual([])
  })
})

describe('splitAtMatches', () => {
  it('returns one piece when nothing matches', () => {
    expect(splitAtMatches('"paid"', '')).toEqual(['"paid"'])
    expect(splitAtMatches('"paid"', 'due')).toEqual(['"paid"'])
  })

  it('returns every match in its own case', () => {
    expect(splitAtMatches('"Paid, unpaid"', 'paid')).toEqual(['"', 'Paid', ', un', 'paid', '"'])
  })

  it('matches special characters literally', () => {
    expect(splitAtMatches('"a.b\\n(c) é"', '.b\\n(c) é')).toEqual(['"a', '.b\\n(c) é', '"'])
    expect(splitAtMatches('"aXb"', 'a.b')).toEqual(['"aXb"'])
  })
})
