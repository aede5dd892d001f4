import type { IngestWebhook } from '../ingest-webhook.js'
import type { RawCall } from '../raw-call.js'
import type { Verified } from '../verify-call.js'

export interface HandshakeAnswer {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

export interface Handshake {
  /** Without it the configured response of the webhook is sent. */
  answer?: HandshakeAnswer
  /** Verification outcome to store instead of the outcome of the signature check. */
  verified?: Verified
}

export type Verification = NonNullable<IngestWebhook['verification']>

/** Returns the handshake of a request with which the provider checks the URL; undefined for every other request. */
export type TakeHandshake = (
  call: RawCall,
  verification: Verification,
  verified: Verified,
) => Handshake | undefined

/** Largest body of a handshake, in bytes. A larger body is an event and is not parsed. */
const bodyBytesMax = 16 * 1024

export const unproven = (reason: string): Verified => ({
  verification: 'unconfigured',
  verificationReason: `Handshake answered. ${reason}`,
})

/** Returns a response with text from the client: only short printable text, as a type that no browser executes. */
export const echo = (text: string | null | undefined): HandshakeAnswer | undefined =>
  text && /^[\x20-\x7e]{1,512}$/.test(text)
    ? { status: 200, contentType: 'text/plain', body: text }
    : undefined

export const json = (value: object, status = 200): HandshakeAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})

export const queryOf = ({ query }: RawCall, name: string): string | null =>
  new URLSearchParams(query).get(name)

export function fieldsOf({ body }: RawCall): Record<string, unknown> | undefined {
  if (body.length > bodyBytesMax) return undefined
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * True for a token that may be signed with the webhook's secret. A token has no brace, colon, quote or space: otherwise
 * a client could obtain the signature of any text, for example of an event.
 */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.~+/=-]{1,255}$/.test(value)
