import { describe, expect, it } from 'vitest'
import { jsonShapeFault } from './json-shape.js'

const bounds = { valuesMax: 5, depthMax: 3 }

describe('jsonShapeFault', () => {
  it.each([
    '{}',
    '[1,2,3,4]',
    '[[[]]]',
    '{"a":1,"b":2,"c":3}',
    '{"a":"[[[[{{{{,,,,,,,"}',
    '"\\\\","x"',
    '["\\"[[[[,,,,,,\\\\"]',
    'not json',
    '"an unterminated string, [[[[',
  ])('accepts %s', (text) => expect(jsonShapeFault(text, bounds)).toBeUndefined())

  it.each([
    ['[1,2,3,4,5]', 'has more than 5 values'],
    ['{"a":1,"b":1,"c":1,"d":1,"e":1}', 'has more than 5 values'],
    ['[[[[', 'is nested deeper than 3 levels'],
    ['["\\\\",[[[', 'is nested deeper than 3 levels'],
  ])('refuses %s', (text, fault) => expect(jsonShapeFault(text, bounds)).toBe(fault))
})
