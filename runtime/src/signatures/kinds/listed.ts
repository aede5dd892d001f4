import { decoded, fromHex } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

interface ListedOptions {
  separator: string
  /** Names of the items in the header. */
  time: string
  signature: string
  /** Separator between the timestamp and the body in the signed content. */
  joint: string
  readTime?: (text: string) => number
  toleranceSeconds?: number
}

/** A timestamp and signatures in one header: `t=1,v1=aa,v1=bb`. */
export function listed(
  header: string,
  { separator, time, signature, joint, readTime = inSeconds, toleranceSeconds = 300 }: ListedOptions,
): Scheme {
  return {
    header,
    toleranceSeconds,
    read: (call) => {
      const items = call
        .header(header)!
        .split(separator)
        .map((item) => item.trim())
      const times = items.filter((item) => item.startsWith(`${time}=`))
      if (times.length !== 1) return `The header ${header} must have exactly one "${time}="`
      const timestamp = times[0]!.slice(time.length + 1)
      return {
        signatures: decoded(items, `${signature}=`, fromHex),
        contents: [[`${timestamp}${joint}`, call.body]],
        timestampMs: readTime(timestamp),
      }
    },
    judge: hmacSha256,
  }
}
