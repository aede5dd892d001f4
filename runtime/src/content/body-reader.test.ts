import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createBodyReader, createPathSet } from './body-reader.js'
import { anyMember, type Step } from './json-paths.js'

interface SentBody {
  body: Buffer | string
  contentType?: string
  contentEncoding?: string
}

function reader({ body, contentType = 'application/json', contentEncoding = '' }: SentBody) {
  return createBodyReader(() => ({ body: Buffer.from(body), contentType, contentEncoding }))
}

function read(sent: SentBody, ...path: Step[]) {
  const set = createPathSet()
  set.add(path)
  return reader(sent).values(set)[0]
}

const json = '{"a":{"b":"grün"}}'
const form = 'application/x-www-form-urlencoded'

describe('createBodyReader', () => {
  it.each<[string, SentBody]>([
    ['plain JSON', { body: json }],
    ['JSON with a byte order mark', { body: `\ufeff${json}` }],
    ['JSON under another content type', { body: json, contentType: 'text/plain' }],
    ['gzip', { body: gzipSync(json), contentEncoding: 'gzip' }],
    ['x-gzip', { body: gzipSync(json), contentEncoding: 'X-GZIP' }],
    ['deflate', { body: deflateSync(json), contentEncoding: 'deflate' }],
    ['deflate without its header', { body: deflateRawSync(json), contentEncoding: 'deflate' }],
    ['br', { body: brotliCompressSync(json), contentEncoding: 'br' }],
    ['two encodings', { body: gzipSync(deflateSync(json)), contentEncoding: 'deflate, gzip' }],
    ['a header of an encoding that a proxy removed', { body: json, contentEncoding: 'gzip' }],
    ['latin1', { body: Buffer.from(json, 'latin1'), contentType: 'application/json; charset=ISO-8859-1' }],
    ['UTF-16', { body: Buffer.from(`\ufeff${json}`, 'utf16le'), contentType: 'text/json;charset="utf-16"' }],
    ['UTF-8 that claims another charset', { body: json, contentType: 'text/json;charset=windows-1252' }],
  ])('reads %s', (_, sent) => expect(read(sent, 'a', 'b')).toEqual(['grün']))

  it('returns the decoded encodings and charset', () => {
    const sent = {
      body: gzipSync(Buffer.from(json, 'latin1')),
      contentType: 'text/json; charset=latin1',
      contentEncoding: 'gzip',
    }
    expect(reader(sent).decode()).toMatchObject({ text: json, from: ['gzip', 'latin1'] })
    expect(reader({ body: json }).decode()).toMatchObject({ text: json, from: [] })
  })

  it.each<[string, Buffer, string]>([
    ['a decompression bomb', gzipSync(Buffer.alloc(6 * 1024 * 1024)), 'gzip'],
    ['damaged gzip', Buffer.from('1f8b0900', 'hex'), 'gzip'],
    ['an unknown encoding', gzipSync(json), 'compress'],
    ['more encodings than a sender needs', gzipSync(gzipSync(gzipSync(json))), 'gzip,gzip,gzip'],
  ])('returns the original bytes for %s', (_, body, contentEncoding) => {
    const decoded = reader({ body, contentEncoding }).decode()
    expect(Buffer.compare(decoded.bytes, body)).toBe(0)
    expect(decoded).toMatchObject({ text: null, from: [] })
  })

  it('returns the beginning of a truncated compressed body', () => {
    const body = gzipSync('a'.repeat(1000) + 'b').subarray(0, -9)
    expect(reader({ body, contentEncoding: 'gzip' }).text()).toMatch(/^a+/)
  })

  it.each<[string, Step[], unknown[]]>([
    ['a field', ['one'], ['1']],
    ['a field that repeats', ['two'], [['x', 'y']]],
    ['one of its values', ['two', '1'], ['y']],
    ['all of its values', ['two', anyMember], ['x', 'y']],
    ['JSON in a field', ['payload', 'action'], ['opened']],
    ['the text of that field', ['payload'], ['{"action":"opened"}']],
    ['no value for a missing name', ['three'], []],
    ['no value inside a field that is not JSON', ['one', 'x'], []],
  ])('finds %s of a form', (_, path, expected) => {
    const payload = encodeURIComponent('{"action":"opened"}')
    expect(read({ body: `one=1&two=x&two=y&payload=${payload}`, contentType: form }, ...path)).toEqual(
      expected,
    )
  })

  it('finds fields of multipart/form-data, without files', () => {
    const part = (head: string, text: string) =>
      `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`
    const body = `${part('name="token"', 'grün')}${part('name="f"; filename="f.txt"', 'file')}--b--\r\n`
    const sent = { body, contentType: 'multipart/form-data; boundary=b' }
    expect(read(sent, 'token')).toEqual(['grün'])
    expect(read(sent, 'f')).toEqual([])
  })

  it('ignores a form with too many fields, in linear time', () => {
    const body = 'a&'.repeat(2_500_000)
    const startedAt = process.cpuUsage().user
    expect(read({ body, contentType: form }, 'a')).toEqual([])
    const cost = process.cpuUsage().user - startedAt
    const floorAt = process.cpuUsage().user
    Buffer.from(body).toString('utf8')
    expect(cost).toBeLessThan(20 * (process.cpuUsage().user - floorAt) + 50_000)
    expect(read({ body: 'a&'.repeat(9_000), contentType: form }, 'a', '8999')).toEqual([''])
  })

  it('runs other work while it prepares a large body', async () => {
    const one = reader({ body: `[${'1,'.repeat(1_000_000)}1]` })
    const set = createPathSet()
    set.add(['1000000'])
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await one.prepare(set)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
    expect(one.values(set)).toEqual([[1]])
  })
})
