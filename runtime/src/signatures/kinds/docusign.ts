import { decoded, fromBase64 } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme } from '../scheme.js'

const keysMax = 5

/** One header per key of the account: -1, -2, ... An account may have only its second key. */
export function docusign(): Scheme {
  const headers = Array.from({ length: keysMax }, (_, index) => `x-docusign-signature-${index + 1}`)
  return {
    alternatives: headers,
    read: (call) => ({
      signatures: decoded(
        headers.flatMap((header) => call.header(header) ?? []),
        '',
        fromBase64,
      ),
      contents: [[call.body]],
    }),
    judge: hmacSha256,
  }
}
