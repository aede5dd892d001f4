import type { CapturedRequest } from '@whook/shared'
import { verifySignature } from '@whook/runtime/signatures/verify-signature'
import type { IngestWebhook } from './ingest-webhook.js'
import type { RawCall } from './raw-call.js'

export type Verified = Pick<CapturedRequest, 'verification' | 'verificationReason'>

/**
 * Returns a function that checks the provider's signature over the raw bytes. A request with an invalid signature is
 * not dropped: the outcome is stored with it. Schemes that sign the URL use `publicUrl`, because the client chooses the
 * Host header.
 */
export const createVerifyCall =
  (publicUrl: string) =>
  ({ slug, verification }: IngestWebhook, call: RawCall, receivedAtMs: number): Verified => {
    if (!verification) return { verification: 'unconfigured', verificationReason: null }
    const { method, rawHeaders, body } = call
    const url = `${publicUrl}/${slug}${call.path}${call.query && `?${call.query}`}`
    const { outcome, reason } = verifySignature({
      ...verification,
      method,
      url,
      rawHeaders,
      body,
      receivedAtMs,
    })
    return { verification: outcome, verificationReason: reason }
  }
