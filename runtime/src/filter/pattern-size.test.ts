import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { patternSize } from './pattern-size.js'

describe('patternSize', () => {
  it.each([
    'abc',
    'a{100}',
    '(a?){200}',
    '((a{10}){10}){5}',
    '[a-z]{300}x*',
    '(a|b|c){2,90}',
    'a{3,}',
    '[]{}]{50}',
    '[^]\\]]{40}',
    '[[:alpha:]]{40}',
    '\\Q((((\\E{3}',
    '\\x{1F600}{30}',
    '(?i)straße{40}',
    '(?:a|(?P<name>b)){30}',
    '\\{9\\}(a{2}){10}',
  ])('estimates the program size of %s', (pattern) => {
    const program = RE2JS.compile(pattern).programSize()
    expect(patternSize(pattern) + 5).toBeGreaterThan(program * 0.5)
    expect(patternSize(pattern)).toBeLessThan(program * 3 + 20)
  })

  it('counts the ranges of a Unicode class', () => {
    expect(patternSize('\\pL\\p{Greek}[\\pN\\pS]')).toBe(160)
  })

  it('never throws for invalid patterns', () => {
    for (const text of ['', ')', '(((', '[[[[', '{9999}', '*', 'a{9}{9}{9}', '\\', '\\Q', '\\p', '\\x{'])
      expect(patternSize(text)).toBeGreaterThanOrEqual(0)
  })
})
