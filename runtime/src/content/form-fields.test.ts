import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formPairs } from './form-fields.js'

// Only ASCII: Node's URLSearchParams breaks other letters next to a malformed escape.
const pieces = fc.constantFrom(
  'a',
  '&',
  '=',
  '+',
  '%',
  '%20',
  '%C3%BC',
  '%c3',
  '%zz',
  '%4',
  '\0',
  '%F0%9F%98%80',
)

it('returns the same pairs as URLSearchParams', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('')
      expect(formPairs(text)).toEqual([...new URLSearchParams(text)])
    }),
    { numRuns: 2000 },
  )
})

it('keeps letters beyond ASCII next to a malformed escape', () => {
  expect(formPairs('grün=%zz+%C3%BC')).toEqual([['grün', '%zz ü']])
})
