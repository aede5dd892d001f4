import type { Call } from './call.js'

/** The message as it stood on the wire (RFC 9112), bytes that are not text as base64 in brackets. */
export function toRawHttp({ method, url, httpVersion, headers, text, base64 }: Call): string {
  // Not by way of URL, which would tidy the target up.
  const target = url.replace(/^\w+:\/\/[^/]*/, '')
  const lines = [
    `${method} ${target} HTTP/${httpVersion}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text ?? (base64 ? `[base64] ${base64}` : '')}`
}
