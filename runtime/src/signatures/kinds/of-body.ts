import { decoded, fromHex, type Decode } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Judge, Scheme } from '../scheme.js'

interface OfBodyOptions {
  prefix?: string | RegExp
  decode?: Decode
  judge?: Judge
  /** Separator of several signatures in one header. */
  separator?: string
}

/** A signature of only the body, in its own header. */
export function ofBody(
  header: string,
  { prefix = '', decode = fromHex, judge = hmacSha256, separator }: OfBodyOptions = {},
): Scheme {
  return {
    header,
    read: (call) => {
      const value = call.header(header)!
      const items = separator === undefined ? [value] : value.split(separator)
      return { signatures: decoded(items, prefix, decode), contents: [[call.body]] }
    },
    judge,
  }
}
