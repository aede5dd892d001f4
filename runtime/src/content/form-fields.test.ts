import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formPairs } from './form-fields.js'

// Without raw letters beyond ASCII: beside a malformed escape Node's URLSearchParams cuts them to bytes.
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

it('reads the pairs that URLSearchParams reads', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('')
      expect(formPairs(text)).toEqual([...new URLSearchParams(text)])
    }),
    { numRuns: 2000 },
  )
})

it('keeps letters beyond ASCII beside a malformed escape', () => {
  expect(formPairs('grün=%zz+%C3%BC')).toEqual([['grün', '%zz ü']])
})
