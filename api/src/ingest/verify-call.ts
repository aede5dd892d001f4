import type { CapturedRequest } from '@whook/shared'
import { verifySignature } from '@whook/runtime/signatures/verify-signature'
import type { RawCall } from './capture-request.js'
import type { IngestWebhook } from './ingest-webhook.js'

export type Verified = Pick<CapturedRequest, 'verification' | 'verificationReason'>

/**
 * Checks the provider's signature over the raw bytes. A capture is never dropped for it: the outcome is stored. Schemes
 * that sign the URL get the one Whook is known under: the Host header is whatever the caller wrote.
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
