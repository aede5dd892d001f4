import { isUtf8 } from 'node:buffer'
import {
  limits,
  type Body,
  type DecodedBody,
  type RequestSummary,
  type VerificationOutcome,
  type WebhookRequest,
} from '@whook/shared'
import { decodeContent } from '@whook/runtime/content/decode-content'
import { displayHeaderValue, unpackHeaders } from '@whook/runtime/raw-headers'

/** A row of the list query. */
export interface SummaryRow {
  id: string
  webhook_id: string
  method: string
  path: string
  query: string
  content_type: string | null
  size: number
  event: string | null
  verification: VerificationOutcome
  refused: boolean
  remote_address: string
  duplicate_of: string | null
  replay_of: string | null
  received_at: Date
  total: number
  delivered: number
  waiting: number
  retrying: number
  failed: number
  recovered: number
  filtered: number
  last_status_code: number | null
  last_duration_ms: number | null
}

export interface RequestRow extends SummaryRow {
  http_version: string
  headers: Buffer
  body: Buffer
  verification_reason: string | null
  provider: string | null
}

export const toSummary = (row: SummaryRow): RequestSummary => ({
  id: row.id,
  webhookId: row.webhook_id,
  method: row.method,
  path: row.path,
  query: row.query,
  contentType: row.content_type,
  size: row.size,
  event: row.event,
  verification: row.verification,
  refused: row.refused,
  remoteAddress: row.remote_address,
  duplicateOf: row.duplicate_of,
  replayOf: row.replay_of,
  receivedAt: row.received_at.toISOString(),
  deliveries: {
    total: row.total,
    delivered: row.delivered,
    waiting: row.waiting,
    retrying: row.retrying,
    failed: row.failed,
    recovered: row.recovered,
    filtered: row.filtered,
    lastStatusCode: row.last_status_code,
    lastDurationMs: row.last_duration_ms,
  },
})

export function toRequest(row: RequestRow): WebhookRequest {
  const headers = unpackHeaders(row.headers)
  return {
    ...toSummary(row),
    httpVersion: row.http_version,
    headers: headers.map(([name, value]) => [name, displayHeaderValue(value)]),
    body: toBody(row.body, row.size),
    decoded: toDecoded(row, headers),
    verificationResult: {
      outcome: row.verification,
      provider: row.provider,
      reason: row.verification_reason,
    },
  }
}

/** Returns the decoded body; null when it needs no decoding or cannot be decoded. Decodes a truncated body partly. */
function toDecoded(
  { body, size, content_type }: RequestRow,
  headers: [string, string][],
): DecodedBody | null {
  const encoding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')
  const { bytes, text, from } = decodeContent({
    body,
    contentType: content_type ?? '',
    contentEncoding: encoding?.[1] ?? '',
  })
  const isCut = body.length < size
  if (bytes === body && from.length === 0) return null
  const whole = text ?? (isCut ? toBody(withoutCutCharacter(bytes), bytes.length, bytes.length).text : null)
  if (whole === null) return null
  const shown = whole.slice(0, limits.displayBodyBytesMax)
  return { text: shown, from, truncated: isCut || shown.length < whole.length }
}

/** Returns a body for display: text if it is UTF-8, otherwise base64, truncated to `capBytes`. */
export function toBody(bytes: Buffer, size: number, capBytes: number = limits.displayBodyBytesMax): Body {
  const truncated = size > capBytes || bytes.length < size
  const shown = bytes.subarray(0, capBytes)
  const isText = isUtf8(truncated ? withoutCutCharacter(shown) : shown)
  return {
    text: isText ? (truncated ? withoutCutCharacter(shown) : shown).toString('utf8') : null,
    base64: isText ? null : shown.toString('base64'),
    size,
    isText,
    truncated,
  }
}

/** Removes an incomplete UTF-8 character (up to three bytes) from the end. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}
