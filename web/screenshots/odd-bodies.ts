import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const icon = new URL('../public/icon.svg', import.meta.url)

/** Sends one request for each view of a body. */
export async function sendOddBodies(url: string) {
  const svg = await readFile(icon)
  const parts = new FormData()
  parts.set('note', 'Invoice of November')
  parts.set('logo', new Blob([svg], { type: 'image/svg+xml' }), 'logo.svg')
  const post = (path: string, type: string | undefined, body?: BodyInit) =>
    fetch(`${url}/${path}`, { method: 'POST', headers: type ? { 'content-type': type } : {}, body })
  await fetch(`${url}/health?probe=1`)
  await post('ping', undefined)
  await post('form', 'application/x-www-form-urlencoded', 'From=%2B15005550006&Body=Hello+there&NumMedia=0')
  await fetch(`${url}/upload`, { method: 'POST', body: parts })
  await post(
    'feed.xml',
    'application/xml',
    '<?xml version="1.0"?><order id="7"><item sku="A-1"><qty>2</qty></item><note>fragile &amp; heavy</note></order>',
  )
  await post('logo', 'image/svg+xml', svg)
  await post('binary', 'application/octet-stream', gzipSync(svg))
  await post(
    'caveats',
    'application/json',
    '{"id": 12345678901234567890, "tags": [], "meta": {}, "name": "first", "name": "second", "list": [{"a": 1}, [], {}]}',
  )
  await post('large', 'text/plain', 'A line of a very long log.\n'.repeat(40_000))
  await fetch(`${url}/token?user=ada`, {
    method: 'DELETE',
    headers: {
      authorization: `Bearer ${[
        { alg: 'HS256', typ: 'JWT' },
        { sub: 'ada', exp: 1_764_000_000 },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')}.c2lnbmF0dXJl`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ items: Array.from({ length: 40 }, (_, n) => ({ id: n, name: `Item ${n}` })) }),
  })
}
