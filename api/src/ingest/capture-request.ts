import { isUtf8 } from 'node:buffer'
import type { CapturedRequest } from '@whook/shared'
import { eventName } from './event-name.js'
import type { IngestWebhook } from './ingest-webhook.js'
import type { CaptureFate } from './judge-capture.js'
import { withoutOwnCookies } from './own-cookies.js'
import type { RawCall } from './raw-call.js'
import type { Verified } from './verify-call.js'

interface CaptureContext {
  id: string
  webhook: IngestWebhook
  receivedAt: number
  verified: Verified
  /** How the policy treats a request without a valid signature; see judge-capture. */
  fate?: CaptureFate
  /** Event name when neither the headers nor the body contain one. */
  eventOtherwise?: string
}

/** Returns the request as it will be stored, byte for byte as received. Parses as little as possible. */
export function captureRequest(
  call: RawCall,
  { id, webhook, receivedAt, verified, fate, eventOtherwise }: CaptureContext,
): CapturedRequest {
  const { body } = call
  const text = isUtf8(body) && !body.includes(0) ? body.toString('utf8') : undefined
  const contentType = firstHeader(call.rawHeaders, 'content-type')
  const provider = webhook.verification?.provider
  // Optional fields are assigned below: a spread costs more than the rest of this function.
  const captured: CapturedRequest = {
    id,
    webhookId: webhook.id,
    userId: webhook.userId,
    method: call.method,
    path: call.path,
    query: call.query,
    httpVersion: call.httpVersion,
    remoteAddress: call.remoteAddress,
    headers: withoutOwnCookies(call.rawHeaders),
    contentType,
    size: body.length,
    event: eventName({ rawHeaders: call.rawHeaders, text, contentType, provider }) ?? eventOtherwise ?? null,
    verification: verified.verification,
    verificationReason: verified.verificationReason,
    receivedAt,
  }
  if (fate?.refused) captured.refused = true
  if (fate?.undelivered) captured.undelivered = true
  if (text !== undefined) captured.text = text
  else captured.base64 = body.toString('base64')
  return captured
}

export function firstHeader(rawHeaders: readonly string[], name: string): string | null {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const candidate = rawHeaders[i]!
    if (candidate.length === name.length && candidate.toLowerCase() === name) return rawHeaders[i + 1]!
  }
  return null
}
