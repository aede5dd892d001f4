import type { WebhookRequest } from '@whook/shared'

/** The data of a captured request that is needed to send it again. */
export interface CopiedRequest {
  method: string
  url: string
  httpVersion: string
  /** In original order, with repeats. Each character is one byte. */
  headers: readonly (readonly [string, string])[]
  /** null when the body is not text. */
  text: string | null
  base64: string | null
  receivedAt: string
}

/** Returns the data needed to send a captured request again to the webhook's URL. */
export const callOf = (
  { method, path, query, httpVersion, headers, body, receivedAt }: WebhookRequest,
  url: string,
): CopiedRequest => ({
  method,
  url: url + path + (query && `?${query}`),
  httpVersion,
  headers,
  text: body.text,
  base64: body.base64,
  receivedAt,
})

/** Headers of the connection, not of the message (RFC 9110, 7.6.1). Each client sets its own. */
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

/** Returns the headers to send again, without those of the connection. */
export const sendable = ({ headers }: CopiedRequest) =>
  headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()))

/** Returns those of `names` that the request does not have. A client would add them by default. */
export const unsent = ({ headers }: CopiedRequest, names: readonly string[]) =>
  names.filter((name) => !headers.some(([sent]) => sent.toLowerCase() === name.toLowerCase()))

/** Returns whether the path has dot segments. A client must send `/a/../b` as it was received. */
export const hasDots = ({ url }: CopiedRequest) => /\/(\.|%2e){1,2}([/?]|$)/i.test(url)
