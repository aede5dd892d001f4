import { samples } from '@whook/shared/samples'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventName } from './event-name.js'
import { lastMembers } from './last-members.js'

type Source = Parameters<typeof eventName>[0]
const named = (body: unknown, change: Partial<Source> = {}) =>
  eventName({
    rawHeaders: [],
    text: typeof body === 'string' ? body : JSON.stringify(body),
    contentType: 'application/json',
    ...change,
  })

describe('eventName', () => {
  it.each(samples.map((sample) => [sample.name, sample] as const))(
    'returns the event name of %s',
    (_, sample) => {
      const contentType = sample.headers.find(([name]) => name === 'content-type')![1]
      const source = { rawHeaders: sample.headers.flat(), text: sample.body, contentType }
      expect(eventName(source)).toBe(sample.event)
      // Most providers send JSON without spaces.
      if (contentType === 'application/json')
        expect(eventName({ ...source, text: JSON.stringify(JSON.parse(sample.body)) })).toBe(sample.event)
    },
  )

  it.each<[string, unknown, string | null]>([
    ['a list before the type', { tags: ['a'], type: 'x' }, 'x'],
    ['an object before the type', { data: { type: 'inner', a: [{}] }, type: 'x' }, 'x'],
    [
      'a type that is a number',
      { type: 1, event: { type: 'APPLICATION_AUTHORIZED' } },
      'APPLICATION_AUTHORIZED',
    ],
    ['a brace in a string', '{"note":"} \\"type\\":\\"no\\" {","type":"x"}', 'x'],
    ['a byte order mark', '\ufeff{"type":"x"}', 'x'],
    ['escapes in the name', '{"type":"gr\\u00fcn"}', 'grün'],
    ['control characters in the name', { type: 'a\u0000b\nc' }, 'abc'],
    ['a name of 200 characters', { type: 'x'.repeat(200) }, 'x'.repeat(100)],
    ['a name that is only nested', { data: { type: 'x' } }, null],
    ['an empty name', { type: '', action: 'x' }, 'x'],
    ['text that is not JSON', 'type: x', null],
    ['a body that ends early', '{"type":"x","data":{"a":', 'x'],
  ])('returns the name or null for %s', (_, body, expected) => expect(named(body)).toBe(expected))

  it('returns a name after 64 KB of other members, but not one in the middle', () => {
    const data = { list: Array.from({ length: 9000 }, (_, n) => ({ n, text: 'a "quoted" \\ text' })) }
    expect(named({ id: 'evt_1', data, livemode: false, request: { id: null }, type: 'invoice.paid' })).toBe(
      'invoice.paid',
    )
    expect(named({ data, type: 'x', more: 'y'.repeat(5000) })).toBe(null)
  })

  it('decodes UTF-8 in a header', () => {
    const wire = Buffer.from('grün').toString('latin1')
    expect(named('', { rawHeaders: ['X-Event-Type', wire] })).toBe('grün')
  })

  it('prefers the fields of the provider that a webhook verifies', () => {
    const body = { object: 'page', entry: [{ changes: [{ field: 'feed' }] }], type: 'x' }
    expect(named(body)).toBe('x')
    expect(named(body, { provider: 'meta' })).toBe('feed')
    expect(named({ type: 'x' }, { provider: 'stripe', rawHeaders: ['x-event-type', 'proxy'] })).toBe('x')
  })

  it('reads the payload of a GitHub form', () => {
    const text = `payload=${encodeURIComponent('{"action":"opened"}')}`
    const rawHeaders = ['x-github-event', 'issues']
    expect(named(text, { rawHeaders, contentType: 'application/x-www-form-urlencoded' })).toBe(
      'issues.opened',
    )
  })

  it('returns null when only the previous request had a name', () => {
    expect(named({ type: 'x' })).toBe('x')
    expect(named({ other: 1 })).toBe(null)
    expect(named({ type: 'y' })).toBe('y')
  })

  it('throws nothing for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((one) => one.slice(0, -2)),
    )
    const contentType = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', null)
    fc.assert(
      fc.property(text, contentType, (one, type) => {
        named(one, { contentType: type })
        named(`{"a":"${'x'.repeat(70_000)}",${one}`, { contentType: type })
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['quotes and backslashes', '"\\'],
    ['quotes', '"'],
    ['open brackets', '{"a":['],
    ['form fields', 'a&payload=%7B&'],
  ])('needs the same time for megabytes of %s as for 128 KB', (_, piece) => {
    const cost = (chars: number) => {
      const text = `{"a":${piece.repeat(chars / piece.length)}}`
      for (let i = 0; i < 5; i++) named(text)
      const startedAt = process.cpuUsage().user
      for (let i = 0; i < 20; i++) named(text)
      return process.cpuUsage().user - startedAt
    }
    expect(cost(4_000_000)).toBeLessThan(5 * cost(128_000) + 100_000)
  })
})

describe('lastMembers', () => {
  it('yields the same string members as JSON.parse', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 2 }))),
        (value) => {
          const found = [...lastMembers(JSON.stringify(value), 100_000)].reverse()
          expect(found).toEqual(Object.entries(value).filter(([, one]) => typeof one === 'string'))
        },
      ),
    )
  })
})
