import type { WebhookRequest } from '@whook/shared'

/** What it takes to send a captured request again. */
export interface Call {
  method: string
  url: string
  httpVersion: string
  /** As sent: in order, repeats as repeats, each character one byte. */
  headers: readonly (readonly [string, string])[]
  /** null: the body is not text. */
  text: string | null
  base64: string | null
  receivedAt: string
}

/** A captured request as the call that would send it again to the webhook's URL. */
export const callOf = (
  { method, path, query, httpVersion, headers, body, receivedAt }: WebhookRequest,
  url: string,
): Call => ({
  method,
  url: url + path + (query && `?${query}`),
  httpVersion,
  headers,
  text: body.text,
  base64: body.base64,
  receivedAt,
})

/** Of the connection, not of the message (RFC 9110, 7.6.1): whoever sends writes its own. */
const ownHeaders = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'accept-encoding',
  'expect',
])

export const sendable = ({ headers }: Call) => headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()))

/** Headers a client would add by itself, where the sender sent none. */
export const unsent = ({ headers }: Call, names: readonly string[]) =>
  names.filter((name) => !headers.some(([sent]) => sent.toLowerCase() === name.toLowerCase()))

/** Neither a client nor a proxy may tidy `/a/../b` away: it stood so on the wire. */
export const hasDots = ({ url }: Call) => /\/(\.|%2e){1,2}([/?]|$)/i.test(url)
