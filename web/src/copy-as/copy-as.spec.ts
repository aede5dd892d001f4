// @vitest-environment node
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CopiedRequest } from './call.js'
import { toCurl } from './to-curl.js'
import { toFetch } from './to-fetch.js'
import { toHar } from './to-har.js'
import { toHttpie } from './to-httpie.js'
import { toRawHttp } from './to-raw-http.js'

/** The received bytes, one character per byte. */
let wire = ''
const server = createServer((socket) => {
  let seen = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1')
    const end = seen.indexOf('\r\n\r\n')
    const length = Number(/^content-length: *(\d+)/im.exec(seen.slice(0, end))?.[1] ?? 0)
    if (end < 0 || seen.length < end + 4 + length) return
    wire = seen
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
})
let base: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

async function run(program: string, args: string[], input?: string) {
  wire = ''
  const child = spawn(program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr!.on('data', (chunk) => (said += chunk))
  child.stdin?.end(input)
  const [code] = (await once(child, 'close')) as [number]
  if (wire === '') throw new Error(`${program} sent nothing (${code}): ${said}`)
  const [head = '', ...body] = wire.split('\r\n\r\n')
  const [line, ...headers] = head.split('\r\n')
  const own = /^(host|content-length|connection|accept-encoding):/i
  return { line, headers: headers.filter((header) => !own.test(header)), body: body.join('\r\n\r\n') }
}

const has = (program: string) => {
  try {
    return execFileSync(program, ['--version']).length > 0
  } catch {
    // The program is not installed: its tests are reported as skipped.
    return false
  }
}
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64')
/** UTF-8 bytes as the API returns them in a header: one character per byte. */
const utf8 = Buffer.from('é…').toString('latin1')

interface CopyCase extends Partial<CopiedRequest> {
  name: string
  target?: string
}
const json: [string, string] = ['Content-Type', 'application/json']
const cases: CopyCase[] = [
  { name: 'quotes, dollars and backslashes', text: `{"it's":"$HOME \`id\` \\" ! \\n %s"}`, headers: [json] },
  { name: 'a leading @', text: '@/etc/passwd', headers: [['X-File', '@/etc/passwd']] },
  { name: 'values that look like HTTPie fields', headers: [['X-A', '=@/etc/passwd'], ['X-B', '=1'], ['X-C', ':;=='], ['X-D', 'a\\b']] }, // prettier-ignore
  { name: 'line breaks', text: 'a\nb\r\n\n', headers: [['content-type', 'text/x']] },
  {
    name: 'control characters',
    text: 'hello\x03\ntouch x\n\x7f\x7f\x1b[A\t\r\u009b2J\u202e',
    headers: [json],
  },
  { name: 'control characters in a header', headers: [['X-Tab', 'a\tb'], ['X-C1', '\xc2\x9b2J']] }, // prettier-ignore
  { name: 'no content type', text: '{"a":1}' },
  { name: 'a form without a content type', text: 'a=b&c=%20' },
  { name: 'bytes that are not text', base64: base64(0, 255, 10, 13, 39, 37), headers: [json] },
  { name: 'a large body', text: 'x'.repeat(300_000), headers: [json] },
  { name: 'an empty header', headers: [['X-Empty', ''], ['X-Full', '1']] }, // prettier-ignore
  { name: 'headers that repeat', headers: [['X-Tag', 'a'], ['X-Tag', 'b'], ['x-tag', 'c']] }, // prettier-ignore
  { name: 'headers beyond ASCII', headers: [['X-Utf8', utf8]] },
  { name: "the sender's User-Agent and Accept", headers: [['User-Agent', "Bot/1.0 (it's)"], ['Accept', '*/*']] }, // prettier-ignore
  { name: 'headers of the connection', headers: [['Keep-Alive', 'timeout=5'], ['Upgrade', 'h2c'], ['TE', 'trailers'], ['X-A', '1']] }, // prettier-ignore
  { name: 'brackets and braces in the query', target: '/a?tag[]=1&x={1,2}&y=[1-3]' },
  { name: 'dots in the path', target: '/a/../b/./c' },
  { name: 'GET', method: 'GET' },
  { name: 'DELETE with a body', method: 'DELETE', text: 'x', headers: [json] },
]
const callOf = ({ target = '/a?b=c&d', ...more }: CopyCase): CopiedRequest => ({
  method: 'POST',
  url: base + target,
  httpVersion: '1.1',
  headers: [],
  text: more.base64 ? null : '',
  base64: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  ...more,
})
/** The expected request: request line, headers without those of the connection, and body. */
function wanted(call: CopiedRequest) {
  const ofConnection = /^(keep-alive|upgrade|te)$/i
  return {
    line: `${call.method} ${call.url.slice(base.length)} HTTP/1.1`,
    headers: call.headers
      .filter(([name]) => !ofConnection.test(name))
      .map(([name, value]) => `${name}: ${value}`.trim()),
    body: call.base64
      ? Buffer.from(call.base64, 'base64').toString('latin1')
      : Buffer.from(call.text ?? '').toString('latin1'),
  }
}
const trimmed = (headers: string[]) => headers.map((header) => header.trim())

describe.runIf(has('curl'))('toCurl, run in a shell', () => {
  it.each(cases)('sends the same request and nothing more: $name', async (one) => {
    const call = callOf(one)
    // Pass the command on standard input, like a terminal: a large body does not fit into an argument of `sh`.
    const seen = await run('sh', ['-s'], `${toCurl(call)} -s\n`)
    expect({ ...seen, headers: trimmed(seen.headers) }).toEqual(wanted(call))
  })

  it('sends header bytes that are not UTF-8', async () => {
    const call = callOf({ name: '', headers: [['X-Latin1', "caf\xe9 100% '\\"]] })
    expect((await run('sh', ['-s'], `${toCurl(call)} -s\n`)).headers).toEqual(["X-Latin1: caf\xe9 100% '\\"])
  })

  it('sends HEAD when the captured method is HEAD', async () => {
    const call = callOf({ name: '', method: 'HEAD' })
    expect((await run('sh', ['-s'], `${toCurl(call)} -s\n`)).line).toBe('HEAD /a?b=c&d HTTP/1.1')
  })
})

describe.runIf(has('http'))('toHttpie, run in a shell', () => {
  it.each(cases)('sends the same request and nothing more: $name', async (one) => {
    const call = callOf(one)
    const seen = await run('sh', ['-s'], `${toHttpie(call)}\n`)
    // HTTPie escapes brackets and braces.
    const line = decodeURI(seen.line!)
    // HTTPie keeps the order, but groups repeated headers under the first name. It always adds its User-Agent.
    const named = (headers: string[]) =>
      headers
        .map((header) => header.replace(/^x-tag/i, 'x-tag'))
        .filter((header) => !/^user-agent: HTTPie/i.test(header))
        .sort()
    expect({ ...seen, line, headers: named(trimmed(seen.headers)) }).toEqual({
      ...wanted(call),
      headers: named(wanted(call).headers),
    })
  })
})

describe('toFetch, run in Node', () => {
  // The URL standard removes dot segments and escapes braces.
  it.each(cases.filter(({ name }) => !/dots|braces/.test(name)))(
    'sends the same request: $name',
    async (one) => {
      const call = callOf(one)
      const seen = await run(process.execPath, ['--input-type=module'], toFetch(call))
      const headers = new Headers(
        seen.headers.map((header) => header.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
      )
      expect({ ...seen, headers: undefined }).toEqual({ ...wanted(call), headers: undefined })
      for (const [name, value] of new Headers(
        wanted(call).headers.map((header) => header.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
      ))
        expect([name, headers.get(name)]).toEqual([name, value])
      if (!call.headers.some(([name]) => /^content-type$/i.test(name)))
        expect(headers.has('content-type')).toBe(false)
    },
  )

  it('adds a comment when a GET request had a body', async () => {
    const call = callOf({ name: '', method: 'GET', text: 'odd' })
    expect(toFetch(call)).toContain('fetch cannot send a body with GET')
    expect((await run(process.execPath, ['--input-type=module'], toFetch(call))).line).toMatch(/^GET /)
  })
})

describe('text pasted into a terminal', () => {
  const hostile = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).join('')
  const call = callOf({ name: '', text: `${hostile}\u2028\u202e`, headers: [['X-A', 'a\t\xc2\x9b\x7f']] })

  it.each([
    ['cURL', toCurl],
    ['HTTPie', toHttpie],
    ['fetch', toFetch],
    ['HAR', toHar],
  ])('contains no control characters when copied as %s', (_name, copy) => {
    const codes = Array.from(copy(call), (char) => char.codePointAt(0)!)
    const controls = codes.filter((code) => (code < 0x20 && code !== 0x0a) || (code >= 0x7f && code < 0xa0))
    expect(controls).toEqual([])
    expect(codes).not.toContain(0x202e)
  })
})

describe('toRawHttp', () => {
  it.each(cases.filter(({ base64 }) => !base64))('returns the original message: $name', (one) => {
    const call = callOf(one)
    const [head, ...body] = toRawHttp(call).split('\r\n\r\n')
    expect(head!.split('\r\n')).toEqual([
      wanted(call).line,
      ...call.headers.map(([name, value]) => `${name}: ${value}`),
    ])
    expect(body.join('\r\n\r\n')).toBe(call.text)
  })
})

describe('toHar', () => {
  it.each(cases)('returns a complete HAR 1.2 entry with the original request: $name', (one) => {
    const call = callOf(one)
    const { log } = JSON.parse(toHar(call)) as {
      log: { version: string; entries: Record<string, unknown>[] }
    }
    const entry = log.entries[0]!
    expect(log.version).toBe('1.2')
    expect(Object.keys(entry)).toEqual(['startedDateTime', 'time', 'request', 'response', 'cache', 'timings'])
    const request = entry['request'] as Record<string, unknown>
    expect(request).toMatchObject({
      method: call.method,
      url: call.url,
      httpVersion: 'HTTP/1.1',
      headers: call.headers.map(([name, value]) => ({ name, value })),
      bodySize: wanted(call).body.length,
    })
    const data = request['postData'] as { text: string; _encoding?: string } | undefined
    expect(data?.text ?? '').toBe(call.base64 ?? call.text)
    expect(data?._encoding).toBe(call.base64 ? 'base64' : undefined)
  })

  it('lists the cookies and the query parameters', () => {
    const headers: [string, string][] = [['Cookie', 'a=1; b=x=y']]
    const har = toHar(callOf({ name: '', headers, target: '/?q=a%20b&q=c&empty=' }))
    const { log } = JSON.parse(har) as { log: { entries: [{ request: object }] } }
    const pairs = (of: Record<string, string>[]) => of
    expect(log.entries[0].request).toMatchObject({
      cookies: pairs([{ name: 'a', value: '1' }, { name: 'b', value: 'x=y' }]), // prettier-ignore
      queryString: pairs([{ name: 'q', value: 'a b' }, { name: 'q', value: 'c' }, { name: 'empty', value: '' }]), // prettier-ignore
    })
  })
})
