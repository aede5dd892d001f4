import type { IngestWebhook } from '../ingest-webhook.js'
import type { RawCall } from '../capture-request.js'
import type { Verified } from '../verify-call.js'

export interface HandshakeAnswer {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

export interface Handshake {
  /** Without one the webhook's own answer is sent. */
  answer?: HandshakeAnswer
  /** What is to be read of it beside the request. */
  verified?: Verified
}

export type Verification = NonNullable<IngestWebhook['verification']>

/** Looks whether a call is the provider's way of asking who is here; undefined for every other call. */
export type TakeHandshake = (
  call: RawCall,
  verification: Verification,
  verified: Verified,
) => Handshake | undefined

/** Bytes of a body that may hold a handshake: none is larger, and events are not parsed to find out. */
const bodyBytesMax = 16 * 1024

export const unproven = (reason: string): Verified => ({
  verification: 'unconfigured',
  verificationReason: `A handshake, answered. ${reason}`,
})

/** What is echoed was written by whoever calls: short, printable, and sent as text that no browser runs. */
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
 * A token to be signed with the webhook's secret. Anything else would make us sign what a caller likes, an event among
 * it: a token has no brace, colon, quote or space.
 */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.~+/=-]{1,255}$/.test(value)
