import type { CopiedRequest } from './call.js'
import { literal } from './terminal-safe.js'

/** Returns a HAR 1.2 log (http://www.softwareishard.com/blog/har-12-spec/) with one entry and an empty response. */
export function toHar({
  method,
  url,
  httpVersion,
  headers,
  text,
  base64,
  receivedAt,
}: CopiedRequest): string {
  const query = url.split('?').slice(1).join('?')
  const body = text || base64
  const request = {
    method,
    url,
    httpVersion: `HTTP/${httpVersion}`,
    cookies: cookies(headers).map(pair),
    headers: headers.map(pair),
    queryString: [...new URLSearchParams(query)].map(pair),
    headersSize: -1,
    bodySize: base64 ? atob(base64).length : new TextEncoder().encode(text ?? '').length,
    ...(body
      ? {
          postData: {
            mimeType: headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '',
            text: body,
            ...(text ? {} : { _encoding: 'base64' }),
          },
        }
      : {}),
  }
  const response = {
    status: 0,
    statusText: '',
    httpVersion: `HTTP/${httpVersion}`,
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: '' },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  }
  const entry = {
    startedDateTime: receivedAt,
    time: 0,
    request,
    response,
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
  }
  return literal({ log: { version: '1.2', creator: { name: 'Whook', version: '1' }, entries: [entry] } }, 2)
}

const pair = ([name, value]: readonly [string, string]) => ({ name, value })

const cookies = (headers: CopiedRequest['headers']): [string, string][] =>
  headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(/;\s*/))
    .filter(Boolean)
    .map((cookie) => {
      const [name = '', ...rest] = cookie.split('=')
      return [name, rest.join('=')]
    })
