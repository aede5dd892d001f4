import type { IncomingMessage } from 'node:http'
import { limits, type ProblemCode } from '@whook/shared'

export interface Refusal {
  code: ProblemCode
  detail?: string
}

/** RFC 9112 section 3.2: a host with an optional port, or nothing where the target has no authority. */
const hostPattern = /^(?:(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)?$/i

/**
 * What Node's parser lets through and we must not: no Host or two, a Host that is none, more headers than are kept,
 * TRACE, other versions than 1.0 and 1.1.
 */
export function checkCall({ method, httpVersion, rawHeaders }: IncomingMessage): Refusal | undefined {
  if (rawHeaders.length / 2 > limits.headersMax) {
    return { code: 'headers-too-large', detail: `At most ${limits.headersMax} headers` }
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return { code: 'validation', detail: `HTTP/${httpVersion} is not served here` }
  }
  if (method === 'TRACE') return { code: 'method-not-allowed', detail: 'TRACE is not served here' }
  let host: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return { code: 'validation', detail: 'Two Host headers' }
    host = rawHeaders[i + 1]!
    if (!hostPattern.test(host)) return { code: 'validation', detail: 'The Host header is not a host' }
  }
  if (host === undefined && httpVersion === '1.1') return { code: 'validation', detail: 'No Host header' }
  return undefined
}
