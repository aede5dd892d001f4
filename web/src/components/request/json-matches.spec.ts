import { describe, expect, it } from 'vitest'
import { jsonLines } from './json-lines.js'
import { jsonMatches, splitAtMatches } from './json-matches.js'

const lines = jsonLines({ order: { id: 7, note: 'Paid' }, tags: ['new', 'paid'] })

describe('jsonMatches', () => {
  it('finds names and values, whatever their case', () => {
    expect(jsonMatches(lines, 'PAID').map((line) => lines[line]!.text)).toEqual(['"Paid"', '"paid"'])
    expect(jsonMatches(lines, 'tags').map((line) => lines[line]!.key)).toEqual(['tags'])
  })

  it('finds no closing bracket, and nothing for nothing', () => {
    expect(jsonMatches(lines, ']')).toEqual([])
    expect(jsonMatches(lines, '')).toEqual([])
  })
})

describe('splitAtMatches', () => {
  it('leaves a text whole that holds nothing of it', () => {
    expect(splitAtMatches('"paid"', '')).toEqual(['"paid"'])
    expect(splitAtMatches('"paid"', 'due')).toEqual(['"paid"'])
  })

  it('cuts out every match as it is written', () => {
    expect(splitAtMatches('"Paid, unpaid"', 'paid')).toEqual(['"', 'Paid', ', un', 'paid', '"'])
  })

  it('takes signs for themselves', () => {
    expect(splitAtMatches('"a.b\\n(c) é"', '.b\\n(c) é')).toEqual(['"a', '.b\\n(c) é', '"'])
    expect(splitAtMatches('"aXb"', 'a.b')).toEqual(['"aXb"'])
  })
})
