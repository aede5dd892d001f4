import { decoded, fromHex, type Decode } from '../bytes.js'
import { hmacSha256 } from '../judges.js'
import type { Judge, Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

interface TimedOptions {
  /** The header with the timestamp. */
  time: string
  prefix?: string
  decode?: Decode
  /** Returns the text before the body in the signed content. */
  lead?: (time: string) => string
  readTime?: (text: string) => number
  judge?: Judge
  toleranceSeconds?: number
}

/** A signature in one header and its timestamp in another. Timestamp and body are signed. */
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
  }: TimedOptions,
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
