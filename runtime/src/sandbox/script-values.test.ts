import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeaderPairs } from '@whook/shared'
import { exactNumbers, type ExactNumbers } from './exact-numbers.js'
import { createVm } from './run-in-vm.js'
import { scriptInput } from './script-input.js'
import { toScriptResult } from './script-result.js'

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
const runJob = await createVm(await WebAssembly.compile(await readFile(wasmFile)))

const json: HeaderPairs = [['content-type', 'application/json']]

/** Runs without the sandbox process: input and result of a script are the same. */
function run(script: string, body: string | Buffer, headers: HeaderPairs = json) {
  const request = {
    id: 'r',
    method: 'POST',
    path: '/',
    query: '',
    verification: 'unconfigured' as const,
    headers,
    body: Buffer.from(body),
  }
  const { input, data, textType } = scriptInput(request)
  return toScriptResult(runJob({ op: 'run', script, input, data }), request.body, textType)
}
const transform = (body: string) => `function transform(data, request) { ${body} }`

function sent(script: string, body: string | Buffer, headers?: HeaderPairs): string {
  const result = run(script, body, headers)
  return result.kind === 'output' ? result.body.toString() : JSON.stringify(result)
}

const tricky = '{"id":9007199254740993,"n":12345678901234567890,"e":1e400,"price":0.1000}'

describe('exact numbers', () => {
  it.each<[string, string, string, string]>([
    ['in its own data', 'return data', tricky, tricky],
    ['in a copy', 'return { ...data, x: 1 }', tricky, `${tricky.slice(0, -1)},"x":1}`],
    [
      'in a copy of a copy',
      'return JSON.parse(JSON.stringify({ id: data.id, price: data.price }))',
      tricky,
      '{"id":9007199254740993,"price":0.1000}',
    ],
    [
      'under another name, when they are large',
      'return { order: data.id }',
      tricky,
      '{"order":9007199254740993}',
    ],
    ['as the result', 'return data.n', tricky, '12345678901234567890'],
    ['of a list', 'return data.reverse()', '[1.0,2,3.50]', '[3.50,2,1.0]'],
    ['next to a changed number', 'data.a++; return data', '{"a":1.0,"b":2.0}', '{"a":2,"b":2.0}'],
    ['when the whole body is a number', 'return data', '9007199254740993', '9007199254740993'],
    [
      'when two numbers are equal in JavaScript',
      'return data',
      '[9007199254740993,9007199254740992]',
      '[9007199254740993,9007199254740992]',
    ],
    ['below __proto__', 'return data', '{"__proto__":{"a":1.0}}', '{"__proto__":{"a":1.0}}'],
    [
      'when the last of two members counts',
      'return data',
      '{"a":9007199254740993,"a":9007199254740992}',
      '{"a":9007199254740992}',
    ],
    ['in output()', 'return output({ body: data })', '{"a":1.0}', '{"a":1.0}'],
  ])('keeps the source text of an unchanged number: %s', (_, body, data, expected) =>
    expect(sent(transform(body), data)).toBe(expected),
  )

  it('passes numbers to the script', () =>
    expect(sent(transform('return [typeof data.id, data.price * 2, data.n > 1e19]'), tricky)).toBe(
      '["number",0.2,true]',
    ))

  it('keeps only large numbers when there are too many', () => {
    const list = (n: string, count: number) => `[${Array(count).fill(n).join(',')}]`
    const kept = (json: string) => exactNumbers(json) as ExactNumbers
    expect(Object.keys(JSON.parse(kept(list('1.0', 20_000)).numbers) as object)).toHaveLength(20_000)
    expect(kept(`[${list('1.0', 20_001)},9007199254740993]`).numbers).toBe('{"1":"9007199254740993"}')
    expect(exactNumbers(list('1.0', 20_001))).toBeNull()
    expect(exactNumbers(list('9007199254740993', 20_001))).toBe('too-many')
  })

  it('keeps the source text of numbers in any JSON', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/)
    const value = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        digits,
        fc.string().map((text) => JSON.stringify(text)),
        fc.constantFrom(
          'true',
          'null',
          '1.10',
          '1.1',
          '9007199254740993',
          '9007199254740992',
          '-0',
          '1e-400',
          '0',
        ),
        fc.array(tie('any')).map((items) => `[${items.join(',')}]`),
        fc
          .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,8}$/), tie('any')), {
            selector: ([name]) => name,
          })
          .map((members) => `{${members.map(([name, one]) => `${JSON.stringify(name)}:${one}`).join(',')}}`),
      ),
    })).any
    fc.assert(
      fc.property(value, (text) => {
        expect(sent(transform('return data'), `[${text}]`)).toBe(`[${normal(text)}]`)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    [
      'is equal to another one in JavaScript',
      'return { x: data[0] }',
      '[9007199254740993,9007199254740992]',
      'has more digits',
    ],
    ['is not finite', 'return { x: data.e * 2 }', tricky, 'is sent as null'],
  ])('warns in the console when a lost number %s', (_, body, data, message) => {
    expect(run(transform(body), data).logs).toEqual([
      { level: 'warn', text: expect.stringContaining(message) },
    ])
  })
})

describe('toScriptResult', () => {
  it.each([
    ['Uint8Array', 'new Uint8Array([255, 0, 10])'],
    ['ArrayBuffer', 'new Uint8Array([255, 0, 10]).buffer'],
    ['part of a buffer', 'new Uint8Array([1, 255, 0, 10, 1]).subarray(1, 4)'],
    ['output() with bytes', 'output({ body: new Uint8Array([255, 0, 10]) })'],
  ])('returns the bytes of a %s', (_, value) =>
    expect(run(transform(`return ${value}`), '{}')).toMatchObject({
      kind: 'output',
      body: Buffer.from([255, 0, 10]),
      bodyChanged: true,
      contentType: null,
    }),
  )

  it('returns UTF-8 as charset of a text when the sender had another charset', () => {
    const headers: HeaderPairs = [['content-type', 'text/plain; charset="latin1"; x=1']]
    expect(run(transform('return request.body + "!"'), Buffer.from('ü', 'latin1'), headers)).toMatchObject({
      body: Buffer.from('ü!'),
      contentType: 'text/plain; charset=utf-8; x=1',
    })
  })

  it('accepts a result of at most 1 MiB', () => {
    const bytes = (n: number) => transform(`return new Uint8Array(${n}).fill(7)`)
    expect(run(bytes(1024 * 1024), '{}')).toMatchObject({ kind: 'output' })
    expect(run(bytes(1024 * 1024 + 1), '{}')).toMatchObject({ kind: 'error', error: { kind: 'result' } })
  })

  it.each([
    ['new Map([[1, 2]])', 'the result is of type Map'],
    ['{ a: { tags: new Set() } }', 'the member tags of the result is of type Set'],
    ['{ a: new Uint8Array(2) }', 'the member a of the result is of type TypedArray'],
    ['[new ArrayBuffer(2)]', 'the member 0 of the result is of type ArrayBuffer'],
    ['1n', 'the result is of type BigInt'],
    ['{ n: 1n }', 'the member n of the result is of type BigInt'],
    ['{ n: Promise.resolve(1) }', 'the member n of the result is of type Promise'],
    ['output({ bdy: 1 })', 'output has no key bdy; use body, headers, query'],
    ['() => 1', 'returned a function, which cannot be converted to JSON'],
    ['Symbol("a")', 'returned a symbol, which cannot be converted to JSON'],
  ])('returns an error that names the part for %s', (value, message) =>
    expect(run(transform(`return ${value}`), '{}')).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining(message) },
    }),
  )

  it('writes a date in ISO 8601', () =>
    expect(sent(transform('return { at: new Date(0) }'), '{}')).toBe('{"at":"1970-01-01T00:00:00.000Z"}'))

  it('keeps a toJSON that the script defined', () =>
    expect(
      sent(
        `BigInt.prototype.toJSON = function () { return String(this) }; ${transform('return { n: 5n }')}`,
        '{}',
      ),
    ).toBe('{"n":"5"}'))
})

describe('scriptInput', () => {
  it('accepts a body of the maximum depth, and returns an error for a deeper one', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(sent(transform('return data'), nested(500))).toBe(nested(500))
    for (const depth of [501, 20_000])
      expect(run(transform('return data'), nested(depth))).toMatchObject({
        kind: 'error',
        error: { kind: 'input', message: expect.stringContaining('the limit for scripts is 500 levels') },
      })
    expect(sent(transform('return typeof data'), '['.repeat(20_000))).toBe('undefined')
  })

  it.each<[string, string | Buffer, HeaderPairs, string]>([
    ['JSON with a byte order mark', '\ufeff{"a":1}', json, '{"a":1}'],
    ['gzip', gzipSync('{"a":1}'), [...json, ['content-encoding', 'gzip']], '{"a":1}'],
    [
      'latin1',
      Buffer.from('{"a":"ü"}', 'latin1'),
      [['content-type', 'text/json; charset=latin1']],
      '{"a":"ü"}',
    ],
    [
      'a form',
      'a=1&b=x&b=y&__proto__=z',
      [['content-type', 'application/x-www-form-urlencoded']],
      '{"a":"1","b":["x","y"],"__proto__":"z"}',
    ],
    [
      'JSON in the field payload',
      'payload=%7B%22id%22%3A1.0%7D',
      [['content-type', 'application/x-www-form-urlencoded']],
      '{"payload":{"id":1.0}}',
    ],
    [
      'JSON with the content type of a form',
      '{"a":1}',
      [['content-type', 'application/x-www-form-urlencoded']],
      '{"a":1}',
    ],
  ])('reads %s', (_, body, headers, expected) =>
    expect(sent(transform('return data'), body, headers)).toBe(expected),
  )

  it('returns an error for a time zone other than UTC', () => {
    expect(
      run(transform('return new Date(0).toLocaleString("de", { timeZone: "Europe/Berlin" })'), '{}'),
    ).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('timeZone Europe/Berlin is not supported') },
    })
    expect(sent(transform('return new Date(0).toLocaleString("en", { timeZone: "UTC" })'), '{}')).toContain(
      '1970',
    )
  })
})

/** Normalizes all values except numbers like JSON.stringify. */
const normal = (json: string) =>
  json.replace(/"(?:[^"\\]|\\.)*"/g, (text) => JSON.stringify(JSON.parse(text)))
