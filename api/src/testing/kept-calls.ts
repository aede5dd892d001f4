/** Row of a stored request. */
export interface WebhookRequestRow {
  id: string
  method: string
  path: string
  query: string
  content_type: string | null
  http_version: string
  headers: Buffer
  body: Buffer
}

const head = (line: string, headers = '') => `${line}\r\nHost: h\r\nConnection: close\r\n${headers}\r\n`
export const post = (headers: string, body: string) =>
  head('POST /SLUG HTTP/1.1', `${headers}Content-Length: ${body.length}\r\n`) + body

type Kept = Partial<Omit<WebhookRequestRow, 'headers' | 'body'>> & {
  body?: string
  headers?: [string, string][]
}
const manyHeaders = Array.from({ length: 490 }, (_, n): [string, string] => [`x-${n}`, String(n)])
const cookies = Array.from({ length: 100 }, (_, n): [string, string] => ['Cookie', `c${n}=${n}; sid${n}=x`])
const listed = (headers: [string, string][], body = '') =>
  [post(headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''), body), { headers, body }] as const

/** Unusual but legal requests, with `SLUG` as a placeholder, and the expected values of their rows. */
export const keptCalls: Record<string, readonly [bytes: string, kept: Kept]> = {
  'a GET with a body': [
    head('GET /SLUG HTTP/1.1', 'Content-Length: 3\r\n') + 'abc',
    { method: 'GET', body: 'abc' },
  ],
  'a HEAD with a body': [head('HEAD /SLUG HTTP/1.1', 'Content-Length: 3\r\n') + 'abc', { body: 'abc' }],
  'an invalid content type': [post('Content-Type: ;;;\r\n', '{}'), { content_type: ';;;', body: '{}' }],
  'a tab in the content type': [
    post('Content-Type: text/\tplain\r\n', 'x'),
    { content_type: 'text/\tplain', body: 'x' },
  ],
  'an empty content type': [post('Content-Type:\r\n', 'x'), { content_type: '', body: 'x' }],
  'two content types': listed(
    [
      ['Content-Type', 'text/plain'],
      ['content-type', 'application/json'],
    ],
    '{}',
  ),
  'two credentials and two signatures': listed([
    ['Authorization', 'Bearer a'],
    ['Authorization', 'Bearer b'],
    ['X-Hub-Signature-256', 'sha256=a'],
    ['X-Hub-Signature-256', 'sha256=b'],
  ]),
  'headers named like inherited properties of objects': listed([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
    ['hasOwnProperty', 'd'],
  ]),
  '100 Cookie headers': listed(cookies),
  '490 headers': listed(manyHeaders),
  'a header name of all allowed special characters': listed([["!#$%&'*+-.^_`|~", 'x']]),
  'a header without a value': listed([['X-Empty', '']]),
  'a Latin-1 header value': listed([['X-Name', 'caf\xe9 \xff\x80']]),
  'a UTF-8 header value': listed([['X-Name', Buffer.from('žluťoučký 🐎').toString('latin1')]]),
  'a tab and punctuation in a header value': listed([['X', 'a\tb:::=;,"\'\\<>']]),
  '%00 in the path and the query': [
    head('GET /SLUG/a%00b?c=%00 HTTP/1.1'),
    { path: '/a%00b', query: 'c=%00' },
  ],
  'invalid percent escapes': [
    head('GET /SLUG/%zz/%/%c3%28?%zz&%=% HTTP/1.1'),
    { path: '/%zz/%/%c3%28', query: '%zz&%=%' },
  ],
  'dot segments and repeated slashes': [
    head('GET /SLUG/../..//./%2e%2e/ HTTP/1.1'),
    { path: '/../..//./%2e%2e/' },
  ],
  'a fragment and a second question mark': [
    head('GET /SLUG/a#b?c?d HTTP/1.1'),
    { path: '/a#b', query: 'c?d' },
  ],
  'an absolute-form target': [
    head('POST http://user@elsewhere.example:99/SLUG/p?q HTTP/1.1', 'Content-Length: 0\r\n'),
    { path: '/p', query: 'q' },
  ],
  'HTTP/1.0 without a Host': ['POST /SLUG HTTP/1.0\r\nContent-Length: 1\r\n\r\nx', { http_version: '1.0' }],
  'an IPv6 Host with a port': [
    'GET /SLUG HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n',
    { body: '' },
  ],
  'Content-Length: 0': [post('', ''), { body: '' }],
  'no Content-Length': [head('POST /SLUG HTTP/1.1'), { body: '' }],
  'chunks with extensions and trailers': [
    head('POST /SLUG HTTP/1.1', 'Transfer-Encoding: chunked\r\n') +
      '1;a=b\r\nx\r\n02;c\r\nyz\r\n0\r\nX-Trailer: t\r\n\r\n',
    { body: 'xyz' },
  ],
  'identity and chunked transfer codings': [
    head('POST /SLUG HTTP/1.1', 'Transfer-Encoding: identity, chunked\r\n') + '2\r\nab\r\n0\r\n\r\n',
    { body: 'ab' },
  ],
  'an upgrade to WebSocket': [
    'GET /SLUG/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    {
      path: '/ws',
      method: 'GET',
      headers: [
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
    },
  ],
  'an upgrade to HTTP/2 with a body': [
    'POST /SLUG/h2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 3\r\n\r\nabc',
    { path: '/h2', body: 'abc' },
  ],
  'Expect: 100-continue': [post('Expect: 100-continue\r\n', 'abc'), { body: 'abc' }],
}
