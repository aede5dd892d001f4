import { expect, it } from 'vitest'
import { jsonFault } from './json-fault.js'

it.each(['application/json', 'application/vnd.api+json; charset=utf-8'])(
  'tells where a body sent as %s stops to be JSON',
  (type) => {
    expect(jsonFault(type, '{"a": 1,')).toMatch(/^Sent as JSON, but it is none: .*(position|column)/)
    expect(jsonFault(type, '{"a": 1}')).toBeUndefined()
  },
)

it('has nothing to say of what was never called JSON', () => {
  expect(jsonFault('text/plain', '{"a": 1,')).toBeUndefined()
  expect(jsonFault(null, 'a')).toBeUndefined()
})

it('does not read a long one again', () => {
  expect(jsonFault('application/json', `[${'1,'.repeat(200_000)}`)).toBe('Sent as JSON, but it is none.')
})
