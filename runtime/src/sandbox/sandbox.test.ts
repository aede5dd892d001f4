import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ensureBuilt } from '@whook/testing/ensure-built'
import { childEntry } from './entry-point.js'
import { createSandbox, SandboxBusyError, type ScriptRequest } from './sandbox.js'

const sandbox = createSandbox({ threads: 2 })
afterAll(() => sandbox.close())

const request: ScriptRequest = {
  id: '0190',
  method: 'POST',
  path: '/orders',
  query: 'a=1&b=2&b=3',
  verification: 'verified',
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Tag', 'one'],
    ['x-tag', 'two'],
  ],
  body: Buffer.from('{"price": 1.10, "name": "ünï"}'),
}
const run = (script: string, change: Partial<ScriptRequest> = {}) =>
  sandbox.run({ script, request: { ...request, ...change } })
const transform = (body: string) => `function transform(data, request) { ${body} }`

describe('result of a script', () => {
  it.each([
    [
      'an object, as JSON',
      'return { ...data, a: 1 }',
      '{"price":1.10,"name":"ünï","a":1}',
      'application/json',
    ],
    ['the same data, as JSON', 'return data', '{"price":1.10,"name":"ünï"}', 'application/json'],
    ['a string, as it is', 'return "a,b\\n1,2"', 'a,b\n1,2', null],
    ['a number', 'return 0', '0', 'application/json'],
    ['false', 'return false', 'false', 'application/json'],
    ['a promise of it', 'return Promise.resolve({ a: 1 })', '{"a":1}', 'application/json'],
    ['the original text', 'return request.body', '{"price": 1.10, "name": "ünï"}', null],
  ])('becomes the body: %s', async (_, body, expected, contentType) => {
    const result = await run(transform(body))
    expect(result).toMatchObject({ kind: 'output', bodyChanged: true, contentType, headers: [], query: null })
    expect(String('body' in result && result.body)).toBe(expected)
  })

  it('filters the request when the script returns null', async () =>
    expect(await run(transform('return null'))).toMatchObject({ kind: 'filtered' }))

  it('returns an error when the script returns undefined', async () =>
    expect(await run(transform('data.a = 1'))).toMatchObject({
      kind: 'error',
      error: { kind: 'result', message: expect.stringContaining('return null to filter') },
    }))

  it('changes body, headers and query with output()', async () => {
    const parts = `{ body: { a: 1 }, headers: { 'X-A': [1, 2], 'content-type': 'application/x' }, query: { q: 'a b' } }`
    expect(await run(transform(`return output(${parts})`))).toMatchObject({
      kind: 'output',
      body: Buffer.from('{"a":1}'),
      contentType: 'application/x',
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      query: 'q=a%20b',
    })
  })

  it.each([
    ['{}', { method: null, path: null }],
    ["{ method: 'PUT', path: 'orders/7' }", { method: 'PUT', path: '/orders/7' }],
    ["{ path: '' }", { method: null, path: '' }],
  ])('returns method and path of output(%s)', async (parts, expected) =>
    expect(await run(transform(`return output(${parts})`))).toMatchObject({ kind: 'output', ...expected }),
  )

  it.each([
    ["{ method: 'put' }", 'capital letters'],
    ["{ method: 'CONNECT' }", 'must not be CONNECT'],
    ["{ method: 'A B' }", 'capital letters'],
    ["{ path: '/a/../b' }", '".." segment'],
    ["{ path: '%2e%2e/b' }", '".." segment'],
    ["{ path: '/a?b=c' }", 'without ? and #'],
    ["{ path: '/ü' }", 'percent-encoded'],
  ])('returns an error with the rule for output(%s)', async (parts, message) =>
    expect(await run(transform(`return output(${parts})`))).toMatchObject({
      kind: 'error',
      error: { kind: 'result', message: expect.stringContaining(message) },
    }),
  )

  it('keeps the exact bytes for output() without a body', async () => {
    const body = Buffer.from([0xff, 0x00, 0xfe])
    expect(await run(transform('return output({ headers: { a: "1" } })'), { body })).toMatchObject({
      kind: 'output',
      body,
      bodyChanged: false,
      headers: [['a', '1']],
    })
  })

  it.each([
    ['{ headers: { host: "a" } }', 'belongs to the connection'],
    ['{ headers: { "webhook-id": "a" } }', 'is set by Whook'],
    ['{ headers: { "a b": "a" } }', 'is not a header name'],
    ['{ query: "a b" }', 'percent-encoded'],
  ])('refuses output(%s) with a reason', async (parts, message) =>
    expect(await run(transform(`return output(${parts})`))).toMatchObject({
      kind: 'error',
      error: { kind: 'result', message: expect.stringContaining(message) },
    }),
  )
})

describe('input of a script', () => {
  it('contains the request by name and as sent', async () => {
    const result = await run(transform('delete request.body; return request'))
    expect(JSON.parse(String('body' in result && result.body))).toEqual({
      id: '0190',
      method: 'POST',
      path: '/orders',
      query: { a: '1', b: ['2', '3'] },
      rawQuery: 'a=1&b=2&b=3',
      verification: 'verified',
      headers: { 'content-type': 'application/json', 'x-tag': 'one, two' },
      rawHeaders: [
        ['Content-Type', 'application/json'],
        ['X-Tag', 'one'],
        ['x-tag', 'two'],
      ],
    })
  })

  it.each([
    ['text', Buffer.from('a=1'), '[true,"a=1",null]'],
    ['empty', Buffer.alloc(0), '[true,"",null]'],
    ['bytes that are not text', Buffer.from([0xff]), '[true,null,"/w=="]'],
  ])('has undefined data when the body is %s', async (_, body, expected) => {
    const script = transform('return [data === undefined, request.body, request.bodyBase64 ?? null]')
    const result = await run(script, { body })
    expect(String('body' in result && result.body)).toBe(expected)
  })

  it('has no state of another script', async () => {
    await run('globalThis.left = 1; Object.prototype.left = 1; function transform() { return 1 }')
    const result = await run(transform('return typeof left + typeof {}.left'))
    expect(String('body' in result && result.body)).toBe('undefinedundefined')
  })

  it('returns an error when the body exceeds the limit for scripts', async () =>
    expect(await run(transform('return 1'), { body: Buffer.alloc(1024 * 1024 + 1) })).toMatchObject({
      kind: 'error',
      error: { kind: 'input' },
    }))
})

describe('report of a run', () => {
  it('returns console lines with levels, also when the script fails', async () => {
    const script = transform(
      'console.log("a", 1, { b: [2] }); console.error(new TypeError("no")); throw Error("x")',
    )
    expect(await run(script)).toMatchObject({
      kind: 'error',
      logs: [
        { level: 'log', text: 'a 1 {"b":[2]}' },
        { level: 'error', text: 'TypeError: no' },
      ],
    })
  })

  it.each([
    [
      'a throw',
      'function transform() {\n  const a = 1\n  throw new TypeError("no")\n}',
      'runtime',
      'TypeError: no',
      3,
    ],
    [
      'a rejection',
      'async function transform() {\n  await 0\n  null.x\n}',
      'result',
      'cannot read property',
      3,
    ],
    ['an error at the top level', '\n\nnope()\nfunction transform() {}', 'runtime', 'ReferenceError', 3],
    [
      'a loop',
      // QuickJS has no position for a jump back, where it interrupts most loops, so the line is that of the function.
      '\nfunction transform(data) {\n  for (;;) data.n++\n}',
      'timeout',
      'longer than 250 ms',
      2,
    ],
    ['bad syntax', 'function transform() {\n  return {{}\n}', 'syntax', 'SyntaxError', 2],
  ])('returns the line of %s', async (_, script, kind, message, line) =>
    expect(await run(script)).toMatchObject({
      kind: 'error',
      error: { kind, message: expect.stringContaining(message), line },
    }),
  )

  it('returns the place of a syntax error and a missing transform on check', async () => {
    expect(await sandbox.check('const transform = (data) => data')).toEqual({ ok: true })
    expect(await sandbox.check('let a = ;')).toMatchObject({
      ok: false,
      error: { kind: 'syntax', line: 1, column: 9 },
    })
    expect(await sandbox.check('let a = 1')).toMatchObject({
      ok: false,
      error: { kind: 'syntax', message: expect.stringContaining('no function transform') },
    })
  })
})

describe('createSandbox', () => {
  it('retries a lost job in a new process, and returns crash when it is lost again', async () => {
    await using own = closing(createSandbox({ threads: 1 }))
    await own.run({ script: transform('return 1'), request })
    const slow = own.run({ script: sparse, request })
    process.kill(own.pid!, 'SIGKILL')
    expect(await slow).toMatchObject({ kind: 'error', error: { kind: 'timeout' } })

    const lost = own.run({ script: sparse, request })
    const first = own.pid!
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(own.pid).not.toBe(first))
    process.kill(own.pid!, 'SIGKILL')
    expect(await lost).toMatchObject({ kind: 'error', error: { kind: 'crash' } })
    expect(await own.run({ script: transform('return 1'), request })).toMatchObject({ kind: 'output' })
  })

  it('ends the child when its parent disconnected before it was loaded', async () => {
    const { file, execArgv } = childEntry()
    const child = fork(file, ['1'], { execArgv, env: {}, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('serves tenants with round robin, and throws when too many scripts wait', async () => {
    await using own = closing(createSandbox({ threads: 1, queueMax: 4 }))
    const order: string[] = []
    const add = (tenant: string) =>
      own.run({ script: transform('return 1'), request, tenant }).then(() => void order.push(tenant))
    const all = [add('a'), add('a'), add('a'), add('a'), add('b')]
    await expect(own.run({ script: '', request })).rejects.toThrow(SandboxBusyError)
    await Promise.all(all)
    expect(order).toEqual(['a', 'a', 'b', 'a', 'a'])
  })

  it('runs from the build without tsx, and does not keep its process alive', async () => {
    await ensureBuilt()
    const built = new URL('../../dist/src/sandbox/sandbox.js', import.meta.url)
    const main = `import { createSandbox } from '${built.href}'
      const request = { id: '', method: '', path: '', query: '', headers: [], body: Buffer.from('{"a":1}') }
      const result = await createSandbox().run({ script: 'function transform(data) { return data.a }', request })
      console.log(String(result.body ?? JSON.stringify(result)))`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const output = child.stdout.toArray()
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(Buffer.concat(await output).toString()).toBe('1\n')
  })
})

/** Runs until its thread is terminated. */
const sparse = transform('const a = []; a[4294967294] = 1; a.sort()')

const closing = <T extends { close: () => Promise<void> }>(opened: T) =>
  Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() })
