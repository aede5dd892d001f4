import { expect, it } from 'vitest'
import { jsonFault } from './json-fault.js'

it.each(['application/json', 'application/vnd.api+json; charset=utf-8'])(
  'returns the place of the error when a body of type %s is not JSON',
  (type) => {
    expect(jsonFault(type, '{"a": 1,')).toMatch(
      /^The content type is JSON, but the body is not: .*(position|column)/,
    )
    expect(jsonFault(type, '{"a": 1}')).toBeUndefined()
  },
)

it('returns undefined when the content type is not JSON', () => {
  expect(jsonFault('text/plain', '{"a": 1,')).toBeUndefined()
  expect(jsonFault(null, 'a')).toBeUndefined()
})

it('returns no place when the body is long', () => {
  expect(jsonFault('application/json', `[${'1,'.repeat(200_000)}`)).toBe(
    'The content type is JSON, but the body is not.',
  )
})
