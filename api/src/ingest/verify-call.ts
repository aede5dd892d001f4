import type { CapturedRequest } from '@whook/shared'
import { verifySignature } from '@whook/shared/server/verify-signature/verify-signature'
import type { RawCall } from './capture-request.js'
import type { IngestWebhook } from './ingest-webhook.js'

type Verified = Pick<CapturedRequest, 'verification' | 'verificationReason'>

/** Checks the provider's signature over the raw bytes. A capture is never dropped for it: the outcome is stored. */
export function verifyCall(
  { verification }: IngestWebhook,
  { rawHeaders, body }: RawCall,
  receivedAtMs: number,
): Verified {
  if (!verification) return { verification: 'unconfigured', verificationReason: null }
  const { outcome, reason } = verifySignature({ ...verification, rawHeaders, body, receivedAtMs })
  return { verification: outcome, verificationReason: reason }
}
