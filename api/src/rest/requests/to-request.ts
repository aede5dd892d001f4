import { isUtf8 } from 'node:buffer'
import type { RequestRow } from '@whook/drizzle/queries/request/read-request'
import type { RequestSummaryRow } from '@whook/drizzle/queries/request/summary-columns'
import { limits, type Body, type DecodedBody, type RequestSummary, type WebhookRequest } from '@whook/shared'
import { decodeContent } from '@whook/runtime/content/decode-content'
import { displayHeaderValue, unpackHeaders } from '@whook/runtime/raw-headers'

export const toSummary = (row: RequestSummaryRow): RequestSummary => ({
  id: row.id,
  webhookId: row.webhookId,
  method: row.method,
  path: row.path,
  query: row.query,
  contentType: row.contentType,
  size: row.size,
  event: row.event,
  verification: row.verification,
  refused: row.refused,
  remoteAddress: row.remoteAddress,
  duplicateOf: row.duplicateOf,
  replayOf: row.replayOf,
  receivedAt: row.receivedAt.toISOString(),
  deliveries: {
    total: row.total,
    delivered: row.delivered,
    waiting: row.waiting,
    retrying: row.retrying,
    failed: row.failed,
    recovered: row.recovered,
    filtered: row.filtered,
    lastStatusCode: row.lastStatusCode,
    lastDurationMs: row.lastDurationMs,
  },
})

export function toRequest(row: RequestRow): WebhookRequest {
  const headers = unpackHeaders(row.headers)
  return {
    ...toSummary(row),
    httpVersion: row.httpVersion,
    headers: headers.map(([name, value]) => [name, displayHeaderValue(value)]),
    body: toBody(row.body, row.size),
    decoded: toDecoded(row, headers),
    verificationResult: {
      outcome: row.verification,
      provider: row.provider,
      reason: row.verificationReason,
    },
  }
}

/** Returns the decoded body; null when it needs no decoding or cannot be decoded. Decodes a truncated body partly. */
function toDecoded({ body, size, contentType }: RequestRow, headers: [string, string][]): DecodedBody | null {
  const encoding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')
  const { bytes, text, from } = decodeContent({
    body,
    contentType: contentType ?? '',
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
