import { decoded, fromBase64 } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme } from '../scheme.js'

/** Square signs the registered notification URL and the body. */
export function square(): Scheme {
  const header = 'x-square-hmacsha256-signature'
  return {
    header,
    read: (call) => ({
      signatures: decoded([call.header(header)!], '', fromBase64),
      contents: [[call.url, call.body]],
    }),
    judge: hmacSha256,
  }
}
