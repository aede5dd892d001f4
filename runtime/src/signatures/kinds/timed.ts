import { decoded, fromHex, type Decode } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Judge, Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

interface Options {
  /** The header that says when. */
  time: string
  prefix?: string
  decode?: Decode
  /** What stands before the body in what is signed. */
  lead?: (time: string) => string
  readTime?: (text: string) => number
  judge?: Judge
  toleranceSeconds?: number
}

/** A signature in one header, its time in another; time and body are signed. */
export function timed(
  header: string,
  {
    time,
    prefix = '',
    decode = fromHex,
    lead = (text) => text,
    readTime = inSeconds,
    judge = hmacSha256,
    toleranceSeconds = 300,
  }: Options,
): Scheme {
  return {
    header,
    alsoHeaders: [time],
    toleranceSeconds,
    read: (call) => ({
      signatures: decoded([call.header(header)!], prefix, decode),
      contents: [[lead(call.header(time)!), call.body]],
      timestampMs: readTime(call.header(time)!),
    }),
    judge,
  }
}
