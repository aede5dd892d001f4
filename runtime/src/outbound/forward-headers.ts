import type { FieldError, HeaderPairs, VerificationOutcome } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { deliveryIdHeaders } from '../delivery-key.js'
import { signatureHeaders } from '../signatures/schemes.js'
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

/**
 * Forwarded by default: headers that describe the body or the event, and the trace context (W3C Trace Context). Receivers
 * need them, and none of them carries a secret.
 */
const forwarded = new Set([
  ...signatureHeaders,
  ...deliveryIdHeaders,
  ...(
    'content-type content-encoding content-language x-github-event x-github-hook-id x-gitlab-event x-gitlab-event-uuid ' +
    'x-gitlab-webhook-uuid x-shopify-topic x-shopify-shop-domain x-shopify-api-version x-shopify-event-id linear-event ' +
    'x-event-key x-event-type x-event-id sentry-hook-resource sentry-hook-timestamp traceparent tracestate ' +
    'aeg-event-type aeg-subscription-name aeg-delivery-count aeg-data-version aeg-metadata-version'
  ).split(' '),
])
/**
 * Families of the same kind: CloudEvents in binary mode (CloudEvents HTTP binding 3.1.3), WooCommerce, Twitch EventSub
 * and Amazon SNS. Not `aeg-`: Azure Event Grid has a key among them.
 */
const forwardedPrefixes = ['ce-', 'x-wc-webhook-', 'twitch-eventsub-', 'x-amz-sns-']
/** Ours on every delivery: neither the sender nor a custom header may say them. */
const ours = /^(webhook-(id|timestamp|signature)|x-whook-.*)$/
export const hopHeader = 'x-whook-hop'
const forwardsLeftHeader = 'x-whook-forwards-left'

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
  verification: VerificationOutcome
  /** The bytes about to be sent. */
  body: Buffer
  transformed?: Transformed
  customHeaders: HeaderPairs
  /** Request headers opted in beside the list, lower case: names, or prefixes such as `x-acme-*`. */
  forwardHeaders: readonly string[]
  /** Requests that the call may cause at a Whook. null: it does not go to one. */
  forwardsLeft?: number | null
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
    ['x-whook-verification', verificationWord(input.verification)],
    [hopHeader, String(hopOf(input.rawHeaders) + 1)],
  ]
  if (input.forwardsLeft != null) own.push([forwardsLeftHeader, String(input.forwardsLeft)])
  if (input.secrets.length > 0) {
    const signed = { id: input.deliveryId, timestamp: input.nowSeconds, body: input.body }
    own.push(['webhook-signature', signStandardWebhook(signed, input.secrets)])
  }
  const original = agentOf(input.rawHeaders)
  if (original) own.push(['x-original-user-agent', original[1]])
  return [described, input.customHeaders, own].reduce(replaceHeaders, pairs)
}

/** `none` also while there is no verdict yet: a receiver may trust nothing but `verified`. */
const verificationWord = (outcome: VerificationOutcome) =>
  outcome === 'verified' || outcome === 'failed' ? outcome : 'none'

const agentOf = (pairs: HeaderPairs) => pairs.findLast(([name]) => name.toLowerCase() === 'user-agent')

/** How many Whooks a request has been through; 0 when the header is missing or not a number. */
export const hopOf = (rawHeaders: HeaderPairs): number => numberOf(rawHeaders, hopHeader) ?? 0

/** How many further requests one received request may cause at a Whook. A sender can lower the limit, not raise it. */
export const forwardsLeftOf = (rawHeaders: HeaderPairs): number =>
  Math.min(numberOf(rawHeaders, forwardsLeftHeader) ?? limits.forwardsMax, limits.forwardsMax)

function numberOf(rawHeaders: HeaderPairs, header: string): number | undefined {
  const value = rawHeaders.find(([name]) => name.toLowerCase() === header)?.[1]
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}

export const isLoop = (rawHeaders: HeaderPairs) => hopOf(rawHeaders) >= limits.hopsMax

/** Signatures and digests of the original bytes say nothing of a transformed body, and neither does its encoding. */
const ofOriginalBytes = /^(content-encoding|content-md5|.*digest|.*signature.*|.*hmac.*)$/

function mayForward(
  name: string,
  { forwardHeaders, transformed }: OutboundHeaderInput,
  ofConnection: ReadonlySet<string>,
): boolean {
  if (!isForwardedByDefault(name) && !forwardHeaders.some((pattern) => matches(pattern, name))) return false
  if (isOfTheWay(name) || ours.test(name) || ofConnection.has(name)) return false
  return !(transformed?.bodyChanged && ofOriginalBytes.test(name))
}

const isForwardedByDefault = (name: string) =>
  forwarded.has(name) || forwardedPrefixes.some((prefix) => name.startsWith(prefix))

/** `x-acme-*` matches every name that begins with `x-acme-`. */
const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

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
  if (!tokenPattern.test(name)) return 'is not a header name'
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

/** A name that is never forwarded is refused when it is saved: it would promise something that does not happen. */
export const validateForwardHeaders = (names: readonly string[], path = '/forwardHeaders'): FieldError[] =>
  names.flatMap((name, index) => {
    const message = patternProblem(name.trim())
    return message ? [{ path: `${path}/${index}`, message }] : []
  })

/** A prefix ends at a hyphen: `a*` would also forward `authorization`. */
function patternProblem(pattern: string): string | undefined {
  if (!pattern.includes('*')) return nameProblem(pattern, 'forwarded')
  const prefix = pattern.slice(0, -1).toLowerCase()
  if (!/^[^*]+-\*$/.test(pattern) || !tokenPattern.test(prefix))
    return 'must be a header name, or a prefix that ends with -*, such as x-acme-*'
  if (prefix.startsWith('cf-')) return `${pattern} belongs to the connection and cannot be forwarded`
  return prefix.startsWith('x-whook-') ? `${pattern} is set by Whook` : undefined
}
