import type { FieldError, HeaderPairs } from '../../src/index.js'
import { limits } from '../../src/limits.js'
import { deliveryIdHeaders } from '../delivery-key.js'
import { signatureHeaders } from '../verify-signature/schemes.js'
import { signStandardWebhook } from './sign.js'

/** Of the connection, not of the message (RFC 9110 section 7.6.1), or about the way it came: never forwarded. */
const neverForwarded = new Set(
  (
    'host connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding ' +
    'upgrade expect content-length forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port ' +
    'x-forwarded-server x-real-ip via cdn-loop true-client-ip x-client-ip http2-settings'
  ).split(' '),
)
const isOfTheWay = (name: string) => neverForwarded.has(name) || name.startsWith('cf-')

/** What describes the body, and what providers say of the event: all a receiver needs, and no secret among it. */
const forwarded = new Set([
  ...signatureHeaders,
  ...deliveryIdHeaders,
  ...(
    'content-type content-encoding content-language x-github-event x-github-hook-id x-gitlab-event x-gitlab-event-uuid ' +
    'x-gitlab-webhook-uuid x-shopify-topic x-shopify-shop-domain x-shopify-api-version x-shopify-event-id linear-event ' +
    'x-event-key x-event-type x-event-id sentry-hook-resource sentry-hook-timestamp'
  ).split(' '),
])
/** Ours on every delivery: neither the sender nor a custom header may say them. */
const ours = /^(webhook-(id|timestamp|signature)|x-whook-.*)$/
export const hopHeader = 'x-whook-hop'

/** What scripts made of a request, apart from its bytes. */
export interface Transformed {
  /** What the sender said of its own bytes no longer holds. */
  bodyChanged: boolean
  /** null keeps the sender's. */
  contentType: string | null
  headers: HeaderPairs
}

export interface OutboundHeaderInput {
  rawHeaders: HeaderPairs
  requestId: string
  webhookId: string
  deliveryId: string
  attempt: number
  /** The bytes about to be sent. */
  body: Buffer
  transformed?: Transformed
  customHeaders: HeaderPairs
  /** Sender's headers opted in beside the list, lower case. */
  forwardHeaders: readonly string[]
  secrets: readonly string[]
  nowSeconds: number
}

/** Names no address: the project does not own one. */
const userAgent = 'Whook/0.1'

/** The exact header list of a delivery: allow-listed, then custom, then ours. Later ones replace earlier ones. */
export function buildOutboundHeaders(input: OutboundHeaderInput): HeaderPairs {
  const ofConnection = connectionTokens(input.rawHeaders)
  const pairs = input.rawHeaders.filter(([name]) => mayForward(name.toLowerCase(), input, ofConnection))
  const described = describing(input)
  const own: HeaderPairs = [
    agentOf(input.customHeaders) ?? agentOf(described) ?? agentOf(pairs) ?? ['user-agent', userAgent],
    ['webhook-id', input.deliveryId],
    ['webhook-timestamp', String(input.nowSeconds)],
    ['x-whook-request-id', input.requestId],
    ['x-whook-webhook-id', input.webhookId],
    ['x-whook-attempt', String(input.attempt)],
    [hopHeader, String(hopOf(input.rawHeaders) + 1)],
  ]
  if (input.secrets.length > 0) {
    const signed = { id: input.deliveryId, timestamp: input.nowSeconds, body: input.body }
    own.push(['webhook-signature', signStandardWebhook(signed, input.secrets)])
  }
  const original = agentOf(input.rawHeaders)
  if (original) own.push(['x-original-user-agent', original[1]])
  return [described, input.customHeaders, own].reduce(replaceHeaders, pairs)
}

const agentOf = (pairs: HeaderPairs) => pairs.findLast(([name]) => name.toLowerCase() === 'user-agent')

/** How many Whooks a request has been through; 0 when the header is missing or is no number. */
export function hopOf(rawHeaders: HeaderPairs): number {
  const value = rawHeaders.find(([name]) => name.toLowerCase() === hopHeader)?.[1]
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : 0
}

export const isLoop = (rawHeaders: HeaderPairs) => hopOf(rawHeaders) >= limits.hopsMax

/** Signatures and digests of the original bytes say nothing of a transformed body, and neither does its encoding. */
const ofOriginalBytes = /^(content-encoding|content-md5|.*digest|.*signature.*|.*hmac.*)$/

function mayForward(
  name: string,
  { forwardHeaders, transformed }: OutboundHeaderInput,
  ofConnection: ReadonlySet<string>,
): boolean {
  if (!forwarded.has(name) && !forwardHeaders.includes(name)) return false
  if (isOfTheWay(name) || ours.test(name) || ofConnection.has(name)) return false
  return !(transformed?.bodyChanged && ofOriginalBytes.test(name))
}

function connectionTokens(rawHeaders: HeaderPairs): Set<string> {
  const lists = rawHeaders.filter(([name]) => name.toLowerCase() === 'connection').map(([, value]) => value)
  return new Set(lists.flatMap((list) => list.split(',')).map((token) => token.trim().toLowerCase()))
}

function describing({ transformed }: OutboundHeaderInput): HeaderPairs {
  if (!transformed) return []
  const safe = transformed.headers.filter(([name]) => !neverForwarded.has(name.toLowerCase()))
  return [
    ...(transformed.contentType ? [['content-type', transformed.contentType] as [string, string]] : []),
    ...safe,
  ]
}

/** Those of `next` replace what has their name, whatever its case. */
export function replaceHeaders(pairs: HeaderPairs, next: HeaderPairs): HeaderPairs {
  if (next.length === 0) return pairs
  const names = new Set(next.map(([name]) => name.toLowerCase()))
  return [...pairs.filter(([name]) => !names.has(name.toLowerCase())), ...next]
}

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/
const valueCharsMax = 4096
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/

/** `cf-` is of the way it came, but may be set: Cloudflare Access lets callers in by such headers. */
function nameProblem(name: string, verb: 'set' | 'forwarded'): string | undefined {
  const lower = name.toLowerCase()
  if (!tokenPattern.test(name)) return 'is no header name'
  if (verb === 'set' ? neverForwarded.has(lower) : isOfTheWay(lower))
    return `${name} belongs to the connection and cannot be ${verb}`
  return ours.test(lower) ? `${name} is set by Whook` : undefined
}

const valueProblem = (value: string) =>
  value.length > valueCharsMax
    ? `is longer than ${valueCharsMax} characters`
    : valuePattern.test(value)
      ? undefined
      : 'has a character a header value cannot carry'

/** Told when it is saved, with the place; a header undici or a receiver refuses would fail every delivery. */
export function validateCustomHeaders(pairs: HeaderPairs, path = '/headers'): FieldError[] {
  const errors = pairs.flatMap(([name, value], index) => {
    const message = nameProblem(name, 'set') ?? valueProblem(value)
    return message ? [{ path: `${path}/${index}`, message }] : []
  })
  const { destinationHeadersMax: countMax, destinationHeaderBytesMax: bytesMax } = limits
  if (pairs.length > countMax) errors.push({ path, message: `are more than ${countMax}` })
  const bytes = pairs.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > bytesMax) errors.push({ path, message: `are more than ${bytesMax} bytes together` })
  return errors
}

/** Naming what is never forwarded would promise what does not happen. */
export const validateForwardHeaders = (names: readonly string[], path = '/forwardHeaders'): FieldError[] =>
  names.flatMap((name, index) => {
    const message = nameProblem(name.trim(), 'forwarded')
    return message ? [{ path: `${path}/${index}`, message }] : []
  })
