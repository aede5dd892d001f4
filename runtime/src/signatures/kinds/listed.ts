import { decoded, fromHex } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

interface Options {
  separator: string
  /** Names of the items. */
  time: string
  signature: string
  /** Between the time and the body in what is signed. */
  joint: string
  readTime?: (text: string) => number
  toleranceSeconds?: number
}

/** `t=1,v1=aa,v1=bb`: a time and signatures in one header. */
export function listed(
  header: string,
  { separator, time, signature, joint, readTime = inSeconds, toleranceSeconds = 300 }: Options,
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
      if (times.length !== 1) return `The header ${header} does not say one "${time}="`
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
