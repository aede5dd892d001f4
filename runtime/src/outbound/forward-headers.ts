import type { FieldError, HeaderPairs, VerificationOutcome } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { deliveryIdHeaders } from '../delivery-key.js'
import { signatureHeaders } from '../signatures/schemes.js'
import { signStandardWebhook } from './sign.js'

/** Headers of the connection (RFC 9110 section 7.6.1) and of proxies on the path: never forwarded. */
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
 * need them, and none of them contains a secret.
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
 * Prefixes forwarded by default: CloudEvents in binary mode (CloudEvents HTTP binding 3.1.3), WooCommerce, Twitch EventSub
 * and Amazon SNS. Not `aeg-`: one of these headers of Azure Event Grid is a key.
 */
const forwardedPrefixes = ['ce-', 'x-wc-webhook-', 'twitch-eventsub-', 'x-amz-sns-']
/** Headers that Whook sets on every delivery. Senders and custom headers cannot set them. */
const ours = /^(webhook-(id|timestamp|signature)|x-whook-.*)$/
export const hopHeader = 'x-whook-hop'
const forwardsLeftHeader = 'x-whook-forwards-left'

/** Result of the scripts for a request, without the body. */
export interface Transformed {
  /** True when the sender's headers about the body are no longer valid. */
  bodyChanged: boolean
  /** null: the sender's content type. */
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
  /** The bytes to send. */
  body: Buffer
  transformed?: Transformed
  customHeaders: HeaderPairs
  /** More request headers to forward, in lower case: names, or prefixes such as `x-acme-*`. */
  forwardHeaders: readonly string[]
  /** Number of requests that the call may cause at a Whook. null: the receiver is not a Whook. */
  forwardsLeft?: number | null
  secrets: readonly string[]
  nowSeconds: number
}

/** Without a URL: the project does not own a domain. */
const userAgent = 'Whook/0.1'

/** Returns the headers of a delivery: forwarded, then custom, then Whook's own. Later ones replace earlier ones. */
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

/** `none` also while the result is pending: a receiver may trust only `verified`. */
const verificationWord = (outcome: VerificationOutcome) =>
  outcome === 'verified' || outcome === 'failed' ? outcome : 'none'

const agentOf = (pairs: HeaderPairs) => pairs.findLast(([name]) => name.toLowerCase() === 'user-agent')

/** Returns the number of Whooks that forwarded a request; 0 when the header is missing or not a number. */
export const hopOf = (rawHeaders: HeaderPairs): number => numberOf(rawHeaders, hopHeader) ?? 0

/** Returns how many further requests a received request may cause. A sender can lower the limit, not raise it. */
export const forwardsLeftOf = (rawHeaders: HeaderPairs): number =>
  Math.min(numberOf(rawHeaders, forwardsLeftHeader) ?? limits.forwardsMax, limits.forwardsMax)

function numberOf(rawHeaders: HeaderPairs, header: string): number | undefined {
  const value = rawHeaders.find(([name]) => name.toLowerCase() === header)?.[1]
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}

export const isLoop = (rawHeaders: HeaderPairs) => hopOf(rawHeaders) >= limits.hopsMax

/** Signatures, digests and the encoding of the original bytes are wrong for a transformed body. */
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

/** Returns `pairs` and `next`. Headers in `next` replace those with the same name, ignoring case. */
export function replaceHeaders(pairs: HeaderPairs, next: HeaderPairs): HeaderPairs {
  if (next.length === 0) return pairs
  const names = new Set(next.map(([name]) => name.toLowerCase()))
  return [...pairs.filter(([name]) => !names.has(name.toLowerCase())), ...next]
}

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/
const valueCharsMax = 4096
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/

/** `cf-` headers are not forwarded, but may be set: Cloudflare Access authenticates callers by such headers. */
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
      : 'has a character that is not allowed in a header value'

/** Returns errors on save: a header that undici or a receiver refuses would fail every delivery. */
export function validateCustomHeaders(pairs: HeaderPairs, path = '/headers'): FieldError[] {
  const errors = pairs.flatMap(([name, value], index) => {
    const message = nameProblem(name, 'set') ?? valueProblem(value)
    return message ? [{ path: `${path}/${index}`, message }] : []
  })
  const { destinationHeadersMax: countMax, destinationHeaderBytesMax: bytesMax } = limits
  if (pairs.length > countMax) errors.push({ path, message: `must be at most ${countMax}` })
  const bytes = pairs.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > bytesMax) errors.push({ path, message: `must be at most ${bytesMax} bytes in total` })
  return errors
}

/** Returns errors for names that are never forwarded. Checked on save, because the setting would have no effect. */
export const validateForwardHeaders = (names: readonly string[], path = '/forwardHeaders'): FieldError[] =>
  names.flatMap((name, index) => {
    const message = patternProblem(name.trim())
    return message ? [{ path: `${path}/${index}`, message }] : []
  })

/** A prefix must end with a hyphen: `a*` would also forward `authorization`. */
function patternProblem(pattern: string): string | undefined {
  if (!pattern.includes('*')) return nameProblem(pattern, 'forwarded')
  const prefix = pattern.slice(0, -1).toLowerCase()
  if (!/^[^*]+-\*$/.test(pattern) || !tokenPattern.test(prefix))
    return 'must be a header name, or a prefix that ends with -*, such as x-acme-*'
  if (prefix.startsWith('cf-')) return `${pattern} belongs to the connection and cannot be forwarded`
  return prefix.startsWith('x-whook-') ? `${pattern} is set by Whook` : undefined
}
