import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeaderPairs } from '@whook/shared'
import { compileFilter } from './compile-filter.js'
import { createFilterInput } from './filter-input.js'

const request = (body: string | Buffer, overrides: { contentType?: string; headers?: HeaderPairs } = {}) =>
  createFilterInput({
    method: 'POST',
    path: '/orders/7',
    verification: 'failed',
    query: 'env=prod&tag=a&tag=b&n=12',
    headers: [
      ['Content-Type', overrides.contentType ?? 'application/json'],
      ['X-Event', 'push'],
      ['x-event', 'pull'],
      ...(overrides.headers ?? []),
    ],
    body: Buffer.from(body),
  })

function run(filter: unknown, input = request('{}')) {
  const compiled = compileFilter(filter)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors))
  return compiled.test(input)
}

const order = request(
  JSON.stringify({
    type: 'order.paid',
    total: 99.5,
    live: true,
    note: null,
    lines: [{ sku: 'A-1', tags: ['new', 3] }],
    'a.b': 1,
    at: '2026-11-24T10:00:00Z',
  }),
)

describe('compileFilter: passing filters', () => {
  it.each([
    { field: 'body.type', equals: 'order.paid' },
    { field: 'body.total', equals: 99.5 },
    { field: 'body.live', equals: true },
    { field: 'body.note', equals: null },
    { field: 'body.note', exists: true },
    { field: 'body.missing', exists: false },
    { field: 'body.lines[0].sku', equals: 'A-1' },
    { field: 'body["a.b"]', equals: 1 },
    { field: 'body.type', in: ['x', 'order.paid'] },
    { field: 'body.type', contains: 'paid' },
    { field: 'body.lines[0].tags', contains: 3 },
    { field: 'body.lines[0]', contains: 'sku' },
    { field: 'body', contains: '"sku"' },
    { field: 'body.total', gt: 99 },
    { field: 'body.total', lte: 99.5 },
    { field: 'body.at', gte: '2026-11-24' },
    { field: 'body.type', matches: '^order\\.(paid|sent)$' },
    { field: 'body.total', matches: '^99' },
    { field: 'verification', equals: 'failed' },
    { field: 'verification', in: ['verified', 'failed'] },
    { field: 'headers.X-EVENT', equals: 'pull' },
    { field: 'query.tag', equals: 'b' },
    { field: 'query.n', gt: 9 },
    { field: 'query.n', equals: 12 },
    { field: 'method', in: ['POST', 'PUT'] },
    { field: 'path', matches: '^/orders/\\d+$' },
    { and: [{ field: 'body.live', equals: true }, { not: { field: 'body.total', lt: 1 } }] },
    {
      or: [
        { field: 'body.live', equals: false },
        { field: 'method', equals: 'POST' },
      ],
    },
  ])('passes %j', (filter) => {
    expect(run(filter, order)).toEqual({ passed: true })
  })
})

describe('compileFilter: failing filters', () => {
  it.each([
    [{ field: 'body.type', equals: 'x' }, '', '"order.paid"'],
    [{ field: 'body.total', equals: '99.5' }, '', '99.5'],
    [{ field: 'body.missing', equals: null }, '', 'nothing'],
    [{ field: 'body.type.length', exists: true }, '', 'nothing'],
    [{ field: 'body.lines.length', exists: true }, '', 'nothing'],
    [{ field: 'body.constructor', exists: true }, '', 'nothing'],
    [{ field: 'body.total', gt: '9' }, '', '99.5'],
    [{ field: 'headers.x-event', equals: 'x' }, '', '["push","pull"]'],
    [
      {
        and: [
          { field: 'method', equals: 'POST' },
          { field: 'path', equals: '/' },
        ],
      },
      '/and/1',
      '"/orders/7"',
    ],
    [
      {
        or: [
          { field: 'method', equals: 'GET' },
          { field: 'query.env', equals: 'dev' },
        ],
      },
      '',
      '"POST", "prod"',
    ],
    [{ not: { field: 'body.live', equals: true } }, '', 'true'],
    [{ and: [{ not: { or: [{ field: 'method', equals: 'POST' }] } }] }, '/and/0', '"POST"'],
  ])('returns the clause and the found value for %j', (filter, path, found) => {
    expect(run(filter, order)).toMatchObject({ passed: false, failure: { path, found } })
  })

  it('returns the failing clause as JSON', () => {
    const clause = { field: 'method', equals: 'GET' }
    expect(run({ and: [clause] })).toMatchObject({ failure: { clause: JSON.stringify(clause) } })
  })
})

describe('compileFilter: bodies', () => {
  it.each([
    ['not json', 'text/plain'],
    ['', 'application/json'],
    ['{"a":', 'application/json'],
    ['"just a string"', 'application/json'],
  ])('finds no fields in the body %j', (body, contentType) => {
    expect(run({ field: 'body.a', exists: false }, request(body, { contentType })).passed).toBe(true)
  })

  it('finds the fields of a form', () => {
    const form = request('a=1&b=x&b=y&__proto__=p', {
      contentType: 'Application/X-WWW-Form-Urlencoded; charset=utf-8',
    })
    expect(run({ field: 'body.a', equals: '1' }, form).passed).toBe(true)
    expect(run({ field: 'body.b', contains: 'y' }, form).passed).toBe(true)
    expect(run({ field: 'body.__proto__', equals: 'p' }, form).passed).toBe(true)
  })

  it('keeps integers that a double cannot represent', () => {
    const snowflake = request(
      '{"id": 12345678901234567891, "s": "12345678901234567890", "f": 0.1234567890123456789}',
    )
    expect(run({ field: 'body.id', equals: '12345678901234567891' }, snowflake).passed).toBe(true)
    expect(run({ field: 'body.id', equals: '12345678901234567890' }, snowflake).passed).toBe(false)
    expect(run({ field: 'body.id', gt: 9e18 }, snowflake).passed).toBe(true)
    expect(run({ field: 'body.id', matches: '891$' }, snowflake).passed).toBe(true)
    expect(run({ field: 'body.s', equals: '12345678901234567890' }, snowflake).passed).toBe(true)
    expect(run({ field: 'body.f', lt: 1 }, snowflake).passed).toBe(true)
    expect(run({ field: 'body.id', exists: false }, snowflake)).toMatchObject({
      failure: { found: '12345678901234567891' },
    })
  })

  it('reads JSON with a byte order mark', () => {
    expect(run({ field: 'body.a', equals: 1 }, request('\ufeff{"a":1}')).passed).toBe(true)
  })

  it('decompresses the body', () => {
    const body = gzipSync('{"a":"grün"}')
    const zipped = request(body, { headers: [['Content-Encoding', 'gzip']] })
    expect(run({ field: 'body.a', equals: 'grün' }, zipped).passed).toBe(true)
    expect(run({ field: 'body', contains: 'grün' }, zipped).passed).toBe(true)
  })

  it('passes a [*] path when one member of the list passes', () => {
    const events = request('[{"event":"open"},{"event":"click","url":{"x":1}}]')
    expect(run({ field: 'body[*].event', equals: 'click' }, events).passed).toBe(true)
    expect(run({ field: 'body[*].event', matches: '^cl' }, events).passed).toBe(true)
    expect(run({ field: 'body[*].url.x', gt: 0 }, events).passed).toBe(true)
    expect(run({ field: 'body[*].event', equals: 'x' }, events)).toMatchObject({
      failure: { found: '["open","click"]' },
    })
  })

  it('neither reads nor pollutes prototypes', () => {
    const nasty = request('{"__proto__": {"polluted": 1}, "constructor": 2}')
    expect(run({ field: 'body.__proto__.polluted', equals: 1 }, nasty).passed).toBe(true)
    expect(run({ field: 'body.toString', exists: false }, nasty).passed).toBe(true)
    expect('polluted' in {}).toBe(false)
  })

  it('describes a deep or large value in a few characters', () => {
    const deep = request('['.repeat(20_000) + ']'.repeat(20_000))
    const verdict = run({ field: 'body[0]', equals: 1 }, deep)
    expect(!verdict.passed && verdict.failure.found.length).toBeLessThan(100)
    const wide = request(JSON.stringify({ a: Array.from({ length: 1e5 }, (_, i) => `x${i}`) }))
    const wideVerdict = run({ field: 'body.a', equals: 1 }, wide)
    expect(!wideVerdict.passed && wideVerdict.failure.found).toBe('["x0","x1","x2","x3","x4","…"]')
  })
})

describe('compileFilter: invalid filters', () => {
  const clause = { field: 'method', equals: 'x' }
  const nested = (depth: number): unknown => (depth === 0 ? clause : { not: nested(depth - 1) })
  it.each([
    [null, ''],
    ['x', ''],
    [[], ''],
    [{}, ''],
    [{ field: 'method' }, ''],
    [{ equals: 1 }, ''],
    [{ field: 'method', equals: 'a', in: ['b'] }, ''],
    [{ ...clause, and: [] }, ''],
    [{ and: [] }, '/and'],
    [{ and: {} }, '/and'],
    [{ and: [clause, { field: 'methods', equals: 1 }] }, '/and/1/field'],
    [{ not: { or: [{ field: 'body..a', exists: true }] } }, '/not/or/0/field'],
    [{ field: 'body.a[x]', exists: true }, '/field'],
    [{ field: 'body[*][*][*]', exists: true }, '/field'],
    [{ field: 'body.a["\\q"]', exists: true }, '/field'],
    [{ field: 'method', matches: '(?=a)' }, '/matches'],
    [{ field: 'method', matches: '(a)\\1' }, '/matches'],
    [{ field: 'method', matches: '(' }, '/matches'],
    [{ field: 'method', matches: 'a'.repeat(513) }, '/matches'],
    [{ field: 'method', matches: '(a?){600}' }, ''],
    [{ field: 'method', matches: '(a?){1000}'.repeat(50) }, ''],
    [{ field: 'method', matches: '(?i)' + '\\pL'.repeat(160), equals: 1 }, ''],
    [{ ...clause, ...Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`k${n}`, 1])) }, ''],
    [{ field: 'method', exists: 'yes' }, '/exists'],
    [{ field: 'method', in: [] }, '/in'],
    [{ field: 'method', gt: true }, '/gt'],
    [nested(8), '/not/not/not/not/not/not/not/not'],
    [{ or: Array.from({ length: 51 }, () => clause) }, ''],
    [{ or: Array.from({ length: 10_000 }, () => clause) }, '/or'],
  ])('returns the place of the error in %j', (filter, path) => {
    const compiled = compileFilter(filter, '/filter')
    expect(!compiled.ok && compiled.errors.map((error) => error.path)).toContain(`/filter${path}`)
  })
})

describe('compileFilter: limits', () => {
  it('refuses many large patterns without compiling them', () => {
    const clauses = (matches: string) => Array.from({ length: 50 }, () => ({ field: 'body', matches }))
    const time = (filter: unknown) => {
      const from = performance.now()
      compileFilter(filter)
      return performance.now() - from
    }
    time({ or: clauses('a') })
    // Compiling these 50 patterns takes 10 s; 50 patterns of one character take a few milliseconds.
    expect(time({ or: clauses('(a?){1000}'.repeat(50)) })).toBeLessThan(20 * time({ or: clauses('a') }) + 200)
  })

  it('limits the text for patterns with many instructions', () => {
    const text = request('a'.repeat(60_000) + 'z', { contentType: 'text/plain' })
    expect(run({ field: 'body', matches: 'z$' }, text).passed).toBe(true)
    expect(run({ field: 'body', matches: '(a|b)[ab]{200}z' }, text).passed).toBe(false)
    const short = request('a'.repeat(4000) + 'z', { contentType: 'text/plain' })
    expect(run({ field: 'body', matches: '(a|b)[ab]{200}z' }, short).passed).toBe(true)
  })

  it('compares integers of any length', () => {
    const huge = request(`{"n":${'9'.repeat(1_000_000)},"m":-${'9'.repeat(1000)}}`)
    expect(run({ field: 'body.n', gt: 1e308 }, huge).passed).toBe(true)
    expect(run({ field: 'body.m', lt: -1e308 }, huge).passed).toBe(true)
  })
})

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const anyClause = fc.oneof(
  fc.record({ field: fc.constantFrom('body.a', 'body.b[0]', 'method', 'headers.x'), equals: scalar }),
  fc.record({ field: fc.constantFrom('body.a.b', 'query.q', 'path'), exists: fc.boolean() }),
  fc.record({ field: fc.constantFrom('body.a', 'body'), contains: scalar }),
  fc.record({ field: fc.constantFrom('body.a', 'query.n'), gt: fc.integer() }),
)
const input = fc.oneof(fc.json(), fc.string()).map((body) => request(body))

describe('compileFilter: properties', () => {
  it("obeys De Morgan's laws for not, and, or", () => {
    fc.assert(
      fc.property(fc.array(anyClause, { minLength: 1, maxLength: 4 }), input, (clauses, input) => {
        const passed = (filter: unknown) => run(filter, input).passed
        return (
          passed({ not: { and: clauses } }) === !passed({ and: clauses }) &&
          passed({ not: { or: clauses } }) === passed({ and: clauses.map((clause) => ({ not: clause })) })
        )
      }),
    )
  })

  it('compiles or refuses any value, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), input, (filter, input) => {
        const compiled = compileFilter(filter)
        return compiled.ok ? typeof compiled.test(input).passed === 'boolean' : compiled.errors.length > 0
      }),
    )
  })
})
