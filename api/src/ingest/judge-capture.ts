import type { OnVerificationFailure } from '@whook/shared'
import type { Handshake } from './handshakes/handshake.js'
import type { Verified } from './verify-call.js'

export interface CaptureFate {
  /** The sender receives 401. The request is stored anyway, so that its owner can see and replay it. */
  refused: boolean
  undelivered: boolean
}

/**
 * Applies a webhook's policy to a verification outcome that is known while the sender waits. `hold` is applied when the
 * deliveries are created. An unsigned handshake is answered. It is not delivered when the policy requires a signature:
 * any client that knows the URL can send a handshake with any body.
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
