import { ownHeaders, quote, type Call } from './curl.js'

const sendable = (headers: Call['headers']) => headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()))

/** JavaScript that sends the same request again. Repeated headers are joined, as fetch would. */
export function toFetch({ method, url, headers, text, base64 }: Call): string {
  const options: string[] = [`  method: ${JSON.stringify(method)},`]
  const pairs = sendable(headers)
  if (pairs.length > 0) {
    options.push('  headers: [', ...pairs.map((pair) => `    ${JSON.stringify(pair)},`), '  ],')
  }
  if (base64)
    options.push(`  body: Uint8Array.from(atob(${JSON.stringify(base64)}), (char) => char.charCodeAt(0)),`)
  else if (text) options.push(`  body: ${JSON.stringify(text)},`)
  return `await fetch(${JSON.stringify(url)}, {\n${options.join('\n')}\n})`
}

/** An HTTPie command; the body comes through standard input, so nothing in it is read as HTTPie's own syntax. */
export function toHttpie({ method, url, headers, text, base64 }: Call): string {
  const items = sendable(headers).map(([name, value]) => quote(`${name}:${value}`))
  const command = ['http', method, quote(url), ...items].join(' \\\n  ')
  if (base64) return `printf %s ${quote(base64)} | base64 -d | ${command}`
  return text ? `printf %s ${quote(text)} | ${command}` : `${command} --ignore-stdin`
}

/** The message as it stood on the wire (RFC 9112), bytes that are not text as base64 in brackets. */
export function toRawHttp({ method, url, headers, text, base64 }: Call, version = '1.1'): string {
  const { pathname, search } = new URL(url)
  const lines = [
    `${method} ${pathname}${search} HTTP/${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text ?? (base64 ? `[base64] ${base64}` : '')}`
}

/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) with one entry. */
export function toHar({ method, url, headers, text, base64 }: Call): string {
  const { searchParams } = new URL(url)
  const pairs = (list: Iterable<readonly [string, string]>) =>
    [...list].map(([name, value]) => ({ name, value }))
  const mimeType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const body = text ?? base64
  const request = {
    method,
    url,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    queryString: pairs(searchParams),
    headersSize: -1,
    bodySize: -1,
    ...(body
      ? { postData: { mimeType, text: body, ...(text === null ? { _encoding: 'base64' } : {}) } }
      : {}),
  }
  return JSON.stringify(
    { log: { version: '1.2', creator: { name: 'Whook', version: '1' }, entries: [{ request }] } },
    null,
    2,
  )
}
