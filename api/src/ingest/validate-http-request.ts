import type { IncomingMessage } from 'node:http'
import { limits, type ProblemCode } from '@whook/shared'

export interface Refusal {
  code: ProblemCode
  detail?: string
}

/** RFC 9112 section 3.2: a host with an optional port, or empty when the target has no authority. */
const hostPattern = /^(?:(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)?$/i

/**
 * Returns why a request is refused although Node's parser accepts it: a missing, repeated or invalid Host, too many
 * headers, TRACE, or an HTTP version other than 1.0 and 1.1.
 */
export function validateHttpRequest({
  method,
  httpVersion,
  rawHeaders,
}: IncomingMessage): Refusal | undefined {
  if (rawHeaders.length / 2 > limits.headersMax) {
    return { code: 'headers-too-large', detail: `At most ${limits.headersMax} headers are allowed` }
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return { code: 'validation', detail: `HTTP/${httpVersion} is not supported; use HTTP/1.1` }
  }
  if (method === 'TRACE')
    return { code: 'method-not-allowed', detail: 'TRACE is not supported; use another method' }
  let host: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return { code: 'validation', detail: 'Send exactly one Host header' }
    host = rawHeaders[i + 1]!
    if (!hostPattern.test(host)) return { code: 'validation', detail: 'The Host header is not a valid host' }
  }
  if (host === undefined && httpVersion === '1.1')
    return { code: 'validation', detail: 'The Host header is missing' }
  return undefined
}
