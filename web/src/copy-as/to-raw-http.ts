import type { CopiedRequest } from './call.js'

/** Returns the original HTTP message (RFC 9112). A body that is not text is written as `[base64]` and its base64. */
export function toRawHttp({ method, url, httpVersion, headers, text, base64 }: CopiedRequest): string {
  // Not parsed with URL, which would normalize the target.
  const target = url.replace(/^\w+:\/\/[^/]*/, '')
  const lines = [
    `${method} ${target} HTTP/${httpVersion}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text ?? (base64 ? `[base64] ${base64}` : '')}`
}
