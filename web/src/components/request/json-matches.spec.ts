import { describe, expect, it } from 'vitest'
import { jsonLines } from './json-lines.js'
import { jsonMatches } from './json-matches.js'

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
