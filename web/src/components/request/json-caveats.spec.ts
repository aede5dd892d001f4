import { describe, expect, it } from 'vitest'
import { caveatWords, jsonCaveats } from './json-caveats.js'

const none = { digits: false, duplicates: false, order: false }

describe('jsonCaveats', () => {
  it.each([
    ['{"id":12345678901234567890}', { ...none, digits: true }],
    ['{"id":9007199254740993}', { ...none, digits: true }],
    ['{"id":9007199254740991}', none],
    ['{"id":"12345678901234567890"}', none],
    ['{"n":0.1,"m":1e10}', none],
    ['{"n":0.5000000000000000000000,"m":1.50e10}', none],
    [`{"n":0.${'0'.repeat(500_000)}1}`, { ...none, digits: true }],
    ['{"a":1,"b":{"a":2}}', none],
    ['[{"a":1},{"a":2}]', none],
    ['{"a":1,"b":[1,2],"a":2}', { ...none, duplicates: true }],
    ['{"\\u0061":1,"a":2}', { ...none, duplicates: true }],
    ['{"1":0,"2":0,"a":0}', none],
    ['{"b":0,"1":0}', { ...none, order: true }],
    ['{"2":0,"1":0}', { ...none, order: true }],
    ['{"b":["1",{"1":"{\\"a\\":1,\\"a\\":2}"}]}', none],
  ])('returns the differences between the tree and %s', (text, found) =>
    expect(jsonCaveats(text)).toEqual(found),
  )

  it('returns undefined when the tree is exact, otherwise each difference', () => {
    expect(caveatWords(none)).toBeUndefined()
    expect(caveatWords({ digits: true, duplicates: true, order: false })).toMatch(/digits.*twice.*See Text/)
  })
})
