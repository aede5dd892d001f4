import type { OnVerificationFailure } from '@whook/shared'
import type { Handshake } from './handshakes/handshake.js'
import type { Verified } from './verify-call.js'

export interface CaptureFate {
  /** The sender receives 401. The request is stored all the same, so that its owner can see and replay it. */
  refused: boolean
  undelivered: boolean
}

/**
 * What a webhook's policy makes of a verdict that is known while the sender waits. `hold` is applied when the deliveries
 * are created. A handshake that nobody signed is answered, but not delivered where only signed requests are: anybody who
 * knows the URL can send one with a body of their choice.
 */
export function judgeCapture(
  policy: OnVerificationFailure,
  { verification }: Verified,
  handshake: Handshake | undefined,
): CaptureFate {
  const refused = policy === 'reject' && verification === 'failed'
  const unsigned = policy !== 'deliver' && handshake?.answer !== undefined && verification === 'unconfigured'
  return { refused, undelivered: refused || unsigned }
}
