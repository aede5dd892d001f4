import { verificationProviders } from '@whook/shared'
import { bodyBytes, bodyShapes, filled, mebibyte, nested, numbered, scattered } from './shapes.js'
import type { Reader } from './targets.js'

export interface HostileCall {
  method?: string
  /** Appended to the webhook URL, or replaces the query of the route. */
  target?: string
  /** Replace or extend the headers of the target. */
  headers?: [string, string][]
  body?: string | Buffer
}

export interface HostileInput {
  name: string
  /** A reader of webhook requests, a route, bytes on a socket, or frames to /ws. */
  to: { hook: Reader } | { route: string; signedIn?: boolean } | { socket: true } | { frames: true }
  /** Size of the hostile part in bytes; the limit of the consumer where that is smaller. */
  bytes: number
  make: (bytes: number) => HostileCall
}

const headBytes = 15_000
const restBytes = 250 * 1024
const scriptBytes = mebibyte - 64

const hook = (reader: Reader, name: string, bytes: number, make: HostileInput['make']): HostileInput => ({
  name: `hook, ${reader}: ${name}`,
  to: { hook: reader },
  bytes,
  make,
})
const shaped = (reader: Reader, bytes: number, names = Object.keys(bodyShapes)) =>
  names.map((name) => {
    const [type, shape] = bodyShapes[name]!
    const headers: [string, string][] = [['content-type', type]]
    if (name === 'a compressed flood') headers.push(['content-encoding', 'gzip'])
    return hook(reader, name, bytes, (size) => ({ headers, body: shape(size) }))
  })

const route = (
  to: string,
  name: string,
  make: (bytes: number) => string,
  bytes = restBytes,
): HostileInput => ({
  name: `${to}: ${name}`,
  to: { route: to, signedIn: !to.includes('/auth/') },
  bytes,
  make: (size) => ({ headers: [['content-type', 'application/json']], body: make(size) }),
})
const ask = (to: string, name: string, make: HostileInput['make'], bytes = headBytes): HostileInput => ({
  name: `${to}: ${name}`,
  to: { route: to },
  bytes,
  make,
})
const socket = (name: string, make: (bytes: number) => string, bytes = headBytes): HostileInput => ({
  name: `socket: ${name}`,
  to: { socket: true },
  bytes,
  make: (size) => ({ body: make(size) }),
})
const frames = (name: string, make: (bytes: number) => string, bytes: number): HostileInput => ({
  name: `/ws: ${name}`,
  to: { frames: true },
  bytes,
  make: (size) => ({ body: make(size) }),
})

const unknownKeys = (bytes: number) => numbered('"k#":1', bytes, ',', '{}')
const ones = (bytes: number) => filled('1,', bytes) + '1'
const pairs = (bytes: number) => numbered('["x-#","v"]', bytes, ',', '[]')
const clauses = (clause: object, bytes: number) => {
  const text = JSON.stringify(clause)
  return `{"filter":{"or":[${filled(`${text},`, bytes)}${text}]}}`
}
const pattern = (matches: string) => ({ field: 'body', matches })
const cookie =
  (value: string): HostileInput['make'] =>
  () => ({ headers: [['cookie', value]] })
const [webhook, destinations, destination] = ['/api/v1/webhooks/:webhookId', '/api/v1/webhooks/:webhookId/destinations', '/api/v1/destinations/:destinationId'] // prettier-ignore

/** Bodies and headers that the signature checks read. */
const signedShapes = [
  'arrays in arrays',
  'small numbers',
  'a form of one name',
  'a form of many names',
  'one letter',
]
/** Providers whose scheme reads more of the body than its bytes, or hashes it in a way of its own. */
const bodyReaders = new Set<string>(['mailgun', 'twilio', 'linear', 'microsoft-graph', 'amazon-sns', 'standard', 'discord', 'sendgrid']) // prettier-ignore
const signatureHeaders = ['stripe-signature', 'webhook-signature', 'paddle-signature', 'x-pagerduty-signature', 'x-twilio-signature', 'x-hub-signature-256'] // prettier-ignore

/** One line per entry. Each input is expensive unless its reader takes linear time and bounded memory. */
export const hostileInputs: HostileInput[] = [
  ...shaped('field', bodyBytes),
  ...shaped('script', scriptBytes),
  ...shaped('text', bodyBytes, ['one letter', 'near-matches', 'invalid UTF-8', 'control characters']),
  ...shaped('pattern', bodyBytes, ['one letter', 'near-matches', 'small numbers']),
  hook('header', 'a long header', headBytes, (bytes) => ({ headers: [['x-a', scattered('ab', bytes)]] })),
  hook('header', 'one repeated header', headBytes, (bytes) => ({ headers: Array.from({ length: Math.min(490, bytes / 8) }, () => ['x-a', 'ab']) })), // prettier-ignore
  hook('header', 'many headers', headBytes, (bytes) => ({ headers: Array.from({ length: Math.min(490, bytes / 30) }, (_, n) => [`x-${n}`, 'ab']) })), // prettier-ignore
  hook('header', 'many cookies', headBytes, (bytes) => ({ headers: [['cookie', filled('a=1; ', bytes)]] })),
  hook('header', 'unterminated cookies', headBytes, (bytes) => ({ headers: [['cookie', filled('a;', bytes)]] })), // prettier-ignore
  hook('header', 'a cookie of blanks', headBytes, (bytes) => ({ headers: [['cookie', `a${filled(' ', bytes)}b`]] })), // prettier-ignore
  hook('header', 'a long content type', headBytes, (bytes) => ({ headers: [['content-type', `multipart/x;${filled(' boundary', bytes)}`]] })), // prettier-ignore
  hook('header', 'many forwarded addresses', headBytes, (bytes) => ({ headers: [['x-forwarded-for', filled('1.1.1.1, ', bytes)]] })), // prettier-ignore
  hook('header', 'many tokens in connection', headBytes, (bytes) => ({ headers: [['x-connection', filled('a,', bytes)]] })), // prettier-ignore
  hook('query', 'many pairs', headBytes, (bytes) => ({ target: `?${filled('a=1&', bytes)}` })),
  hook('query', 'many names', headBytes, (bytes) => ({ target: `?${numbered('k#=1', bytes, '&')}` })),
  hook('query', 'near-matches', headBytes, (bytes) => ({ target: `?a=${scattered('ab', bytes)}` })),
  hook('query', 'percent signs', headBytes, (bytes) => ({ target: `?a=${filled('%', bytes)}` })),
  hook('query', 'a long path', headBytes, (bytes) => ({ target: filled('/a', bytes) })),
  hook('query', 'dots in the path', headBytes, (bytes) => ({ target: filled('/..', bytes) })),
  hook('script that returns much', 'nothing', 100, () => ({ body: '{}' })),
  hook('script that logs', 'nothing', 100, () => ({ body: '{}' })),
  hook('script that throws', 'nothing', 100, () => ({ body: '{}' })),

  ...verificationProviders.flatMap((provider) => shaped(`signed ${provider}`, bodyBytes, bodyReaders.has(provider) ? signedShapes : ['small numbers'])), // prettier-ignore
  hook('signed microsoft-graph', 'many notifications', bodyBytes, (bytes) => ({ body: `{"value":[${filled('{"clientState":1},', bytes)}1]}` })), // prettier-ignore
  hook('signed microsoft-graph', 'many states', bodyBytes, (bytes) => ({ body: `{"value":${numbered('{"clientState":"#"}', bytes, ',', '[]')}}` })), // prettier-ignore
  hook('signed mailgun', 'one repeated field', bodyBytes, (bytes) => ({ headers: [['content-type', 'application/x-www-form-urlencoded']], body: filled('token=1&', bytes) })), // prettier-ignore
  hook('signed standard', 'many signatures', headBytes, (bytes) => ({ headers: [['webhook-signature', filled(`v1a,${'A'.repeat(86)}== `, bytes)]], body: filled('a', bodyBytes) })), // prettier-ignore
  hook('signed sendgrid', 'a well-formed signature', headBytes, () => ({ body: filled('a', bodyBytes) })), // prettier-ignore
  hook('signed twilio', 'many pairs in the query', headBytes, (bytes) => ({ target: `?${filled('a=%20&', bytes)}`, headers: [['content-type', 'application/x-www-form-urlencoded']], body: filled('abcdefgh=12345678&', bodyBytes) })), // prettier-ignore
  hook('signed hubspot', 'escapes in the URL', headBytes, (bytes) => ({ target: `?${filled('%3A', bytes)}`, body: filled('a', bodyBytes) })), // prettier-ignore
  ...signatureHeaders.flatMap((header) => [
    hook('signed hmac-sha256', `${header} with many items`, headBytes, (bytes) => ({ headers: [[header, filled('t=1,v1=aa,', bytes)]] })), // prettier-ignore
    hook(header.startsWith('stripe') ? 'signed stripe' : header.startsWith('paddle') ? 'signed paddle' : header.startsWith('webhook') ? 'signed standard' : header.startsWith('x-pager') ? 'signed pagerduty' : header.startsWith('x-twilio') ? 'signed twilio' : 'signed github', `${header} with many items`, headBytes, (bytes) => ({ headers: [[header, filled('v1=aa,', bytes)]] })), // prettier-ignore
    hook('signed hmac-sha256', `${header} of one digit`, headBytes, (bytes) => ({ headers: [[header, filled('a', bytes)]] })), // prettier-ignore
  ]),
  hook('signed meta', 'a long challenge', headBytes, (bytes) => ({ method: 'GET', target: `?hub.mode=subscribe&hub.challenge=${filled('a', bytes)}` })), // prettier-ignore
  hook('signed dropbox', 'a long challenge', headBytes, (bytes) => ({ method: 'GET', target: `?challenge=${filled('a', bytes)}` })), // prettier-ignore
  hook('signed x', 'a long token', headBytes, (bytes) => ({ method: 'GET', target: `?crc_token=${filled('a', bytes)}` })), // prettier-ignore
  hook('signed okta', 'a long challenge', headBytes, (bytes) => ({ method: 'GET', headers: [['x-okta-verification-challenge', filled('a', bytes)]] })), // prettier-ignore
  hook('signed asana', 'a long secret', headBytes, (bytes) => ({ headers: [['x-hook-secret', filled('a', bytes)]] })), // prettier-ignore
  hook('signed microsoft-graph', 'a long token', headBytes, (bytes) => ({ target: `?validationToken=${filled('a', bytes)}` })), // prettier-ignore
  hook('signed zoom', 'a nested handshake', bodyBytes, (bytes) => ({ body: `{"event":"endpoint.url_validation","a":${nested('[', ']', bytes)}}` })), // prettier-ignore
  hook('signed slack', 'a nested handshake', bodyBytes, (bytes) => ({ body: `{"type":"url_verification","a":${nested('[', ']', bytes)}}` })), // prettier-ignore
  hook('signed discord', 'a nested handshake', bodyBytes, (bytes) => ({ body: `{"type":1,"a":${nested('[', ']', bytes)}}` })), // prettier-ignore

  route('POST /auth/local', 'unknown keys', unknownKeys),
  route('POST /auth/local', 'arrays in arrays', (bytes) => nested('[', ']', bytes)),
  route('POST /auth/local', 'a long token', (bytes) => `{"token":"${filled('a', bytes)}"}`),
  route('POST /api/v1/api-keys', 'wrong scopes', (bytes) => `{"name":"x","scopes":[${ones(bytes)}]}`),
  route('POST /api/v1/api-keys', 'one repeated scope', (bytes) => `{"name":"x","scopes":[${filled('"read",', bytes)}"read"]}`), // prettier-ignore
  route('POST /api/v1/api-keys', 'a long date', (bytes) => `{"name":"x","scopes":["read"],"expiresAt":"${filled('1', bytes)}"}`), // prettier-ignore
  route('POST /api/v1/api-keys', 'a date of separators', (bytes) => `{"name":"x","scopes":["read"],"expiresAt":"${filled('2026-01-01T', bytes)}"}`), // prettier-ignore
  route('POST /api/v1/webhooks', 'unknown keys', unknownKeys),
  route('POST /api/v1/webhooks', 'a long name', (bytes) => `{"name":"${filled('\\u0061', bytes)}"}`),
  route('POST /api/v1/webhooks', 'arrays in arrays', (bytes) => nested('[', ']', bytes)),
  route('POST /api/v1/webhooks', 'prototype keys', (bytes) => filled('{"__proto__":', bytes)),
  route(`PATCH ${webhook}`, 'unknown keys', unknownKeys),
  route(`PATCH ${webhook}`, 'unknown keys in limits', (bytes) => `{"limits":${unknownKeys(bytes)}}`),
  route(`PATCH ${webhook}`, 'wrong secrets', (bytes) => `{"verification":{"provider":"stripe","secrets":[${ones(bytes)}]}}`), // prettier-ignore
  route(`PATCH ${webhook}`, 'answer headers', (bytes) => `{"response":{"headers":${pairs(bytes)}}}`),
  route(`PATCH ${webhook}`, 'wrong answer headers', (bytes) => `{"response":{"headers":[${ones(bytes)}]}}`),
  route(`PATCH ${webhook}`, 'a long answer header', (bytes) => `{"response":{"headers":[["x","${filled('é', bytes / 2)}"]]}}`), // prettier-ignore
  route(
    `POST ${destinations}`,
    'headers',
    (bytes) => `{"url":"http://a.example/","headers":${pairs(bytes)}}`,
  ),
  route(`POST ${destinations}`, 'wrong headers', (bytes) => `{"url":"http://a.example/","headers":[${ones(bytes)}]}`), // prettier-ignore
  route(`POST ${destinations}`, 'names to forward', (bytes) => `{"url":"http://a.example/","forwardHeaders":[${filled('"a",', bytes)}"a"]}`), // prettier-ignore
  route(`POST ${destinations}`, 'delays', (bytes) => `{"url":"http://a.example/","retry":{"delaysSeconds":[${ones(bytes)}]}}`), // prettier-ignore
  route(`POST ${destinations}`, 'a long URL', (bytes) => `{"url":"http://${filled('a.', bytes)}"}`),
  route(`POST ${destinations}`, 'a URL of escapes', () => `{"url":"http://${filled('%41', 2000)}/"}`),
  route(`POST ${destinations}`, 'an international host', () => `{"url":"http://${filled('ü', 2000)}/"}`),
  route(
    `PATCH ${destination}`,
    'an ordering key of steps',
    () => `{"orderingKey":"body${filled('[0]', 190)}"}`,
  ),
  route(
    `PATCH ${destination}`,
    'a long ordering key',
    (bytes) => `{"orderingKey":"body${filled('.a', bytes)}"}`,
  ),
  route(`PATCH ${destination}`, 'an ordering key of escapes', () => `{"orderingKey":"body[\\"${filled('\\\\\\"', 180)}"}`), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of many clauses', (bytes) => clauses({ field: 'method', equals: 1 }, bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of large patterns', (bytes) => clauses(pattern('(a?){1000}'.repeat(50)), bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of Unicode classes', (bytes) => clauses(pattern('(?i)' + '\\pL'.repeat(160)), bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of repeated classes', (bytes) => clauses(pattern('[^\\pL\\pN]{999}'.repeat(30)), bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of groups', (bytes) => clauses(pattern('('.repeat(250) + ')'.repeat(250)), bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of open brackets', (bytes) => clauses(pattern('['.repeat(500)), bytes)), // prettier-ignore
  route(`PATCH ${destination}`, 'a nested filter', (bytes) => `{"filter":${nested('{"not":', '}', bytes, '1')}}`), // prettier-ignore
  route(`PATCH ${destination}`, 'a filter of unknown keys', (bytes) => `{"filter":${unknownKeys(bytes)}}`),
  route(`PATCH ${destination}`, 'a clause of unknown keys', (bytes) => `{"filter":{"field":"method","equals":1,${unknownKeys(bytes).slice(1)}}`), // prettier-ignore
  route(`PATCH ${destination}`, 'a clause with a long list', (bytes) => `{"filter":{"field":"method","in":[${ones(bytes)}]}}`), // prettier-ignore
  route(`PATCH ${destination}`, 'a script of brackets', () => `{"script":"${filled('[', 65_000)}"}`),
  route(`PATCH ${destination}`, 'a script of parentheses', () => `{"script":"${filled('(', 65_000)}"}`),
  route(`PATCH ${destination}`, 'a script that loops when loaded', () => '{"script":"for(;;);"}'),
  route(`POST ${webhook}/filter/test`, 'slow patterns on stored bodies', () => JSON.stringify({ last: 200, filter: { or: Array.from({ length: 2 }, () => pattern('(a|b)*a[ab]{200}[cd]')) } })), // prettier-ignore
  route(`POST ${webhook}/filter/test`, 'fields of stored bodies', () => JSON.stringify({ last: 200, filter: { or: Array.from({ length: 50 }, () => ({ field: 'body.a.b', exists: true })) } })), // prettier-ignore
  route(`POST ${webhook}/transformation/test`, 'small numbers', (bytes) => `{"script":"function transform(d){return d}","body":[${ones(bytes - 100)}]}`), // prettier-ignore
  route(`POST ${webhook}/transformation/test`, 'arrays in arrays', (bytes) => `{"script":"function transform(d){return d}","body":${nested('[', ']', bytes - 100)}}`), // prettier-ignore
  route(`POST ${webhook}/transformation/test`, 'an endless script', () => '{"script":"function transform(d){for(;;);}","body":1}'), // prettier-ignore
  route('POST /api/v1/replays', 'wrong ids', (bytes) => `{"webhookId":1,"requestIds":[${ones(bytes)}]}`),
  route('POST /api/v1/replays', 'unknown keys', unknownKeys),
  route('POST /api/v1/requests/:requestId/replay', 'headers', (bytes) => `{"edit":{"headers":${pairs(bytes)}}}`, bodyBytes), // prettier-ignore
  route('POST /api/v1/requests/:requestId/replay', 'wrong headers', (bytes) => `{"edit":{"headers":[${ones(bytes)}]}}`, bodyBytes), // prettier-ignore
  route('POST /api/v1/requests/:requestId/replay', 'unknown keys', unknownKeys, bodyBytes),
  route('POST /api/v1/requests/:requestId/replay', 'base64 of equals signs', (bytes) => `{"edit":{"body":{"base64":"${filled('=', bytes)}"}}}`, bodyBytes), // prettier-ignore
  route('POST /api/v1/requests/:requestId/replay', 'a text of escapes', (bytes) => `{"edit":{"body":{"text":"${filled('\\"', bytes)}"}}}`, bodyBytes), // prettier-ignore
  route('POST /api/v1/requests/:requestId/replay', 'a long path', (bytes) => `{"edit":{"path":"${filled('/', bytes)} "}}`, bodyBytes), // prettier-ignore

  ask('GET /api/v1/requests', 'many pairs', (bytes) => ({ target: `?${filled('a=1&', bytes)}` })),
  ask('GET /api/v1/requests', 'one repeated parameter', (bytes) => ({ target: `?${filled('limit=1&', bytes)}` })), // prettier-ignore
  ask('GET /api/v1/requests', 'brackets', (bytes) => ({ target: `?a${filled('[a]', bytes)}=1` })),
  ask('GET /api/v1/requests', 'percent signs', (bytes) => ({ target: `?q=${filled('%', bytes)}` })),
  ask('GET /api/v1/webhooks/:webhookId/requests', 'a long cursor', (bytes) => ({ target: `?cursor=${filled('a', bytes)}` })), // prettier-ignore
  ask('GET /api/v1/webhooks/:webhookId/requests', 'many methods', () => ({ target: `?method=${filled('A,', 190)}` })), // prettier-ignore
  ask('GET /api/v1/deliveries', 'many statuses', () => ({ target: `?status=${filled('a,', 190)}` })),
  ask('GET /api/v1/me', 'a long key', (bytes) => ({ headers: [['authorization', `Bearer ${filled('a', bytes)}`]] })), // prettier-ignore
  ask('GET /api/v1/me', 'blanks before a key', (bytes) => ({ headers: [['authorization', `Bearer ${filled('  ', bytes)}x`]] })), // prettier-ignore
  ask('GET /api/v1/me', 'many cookies', (bytes) => cookie(filled('sid=a; ', bytes))(bytes)),
  ask('GET /api/v1/me', 'a cookie of escapes', (bytes) => cookie(`sid=${filled('%41', bytes)}`)(bytes)),
  ask('GET /api/v1/me', 'a session of semicolons', (bytes) => cookie(`sid=${filled(';', bytes)}`)(bytes)),
  ask('GET /api/docs/', 'a long path', (bytes) => ({ target: filled('/..', bytes) })),
  ask('GET /nowhere', 'a long path', (bytes) => ({ target: filled('/a', bytes) })),
  ask('GET /auth/callback', 'a long state', (bytes) => ({ target: `?state=${filled('a', bytes)}` })),

  socket('many headers', (bytes) => `GET / HTTP/1.1\r\nhost: localhost\r\n${filled('a:\r\n', bytes)}\r\n`),
  socket('a long method', (bytes) => filled('A', bytes)),
  socket('empty lines', (bytes) => filled('\r\n', bytes), mebibyte),
  socket('small chunks', (bytes) => `POST /wh_none HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${filled('1\r\na\r\n', bytes)}0\r\n\r\n`, mebibyte), // prettier-ignore
  socket('a long chunk extension', (bytes) => `POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1;${filled('a', bytes)}\r\n`, mebibyte), // prettier-ignore
  socket('many upgrades', (bytes) => filled('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n', bytes)), // prettier-ignore
  socket('a long Host', (bytes) => `GET /healthz HTTP/1.1\r\nhost: ${filled('a.', bytes)}\r\n\r\n`),
  frames('a large frame', (bytes) => filled('a', bytes), 60 * 1024),
  frames('nested JSON', (bytes) => filled('[', bytes), 60 * 1024),
]
