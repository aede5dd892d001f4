import { createHash } from 'node:crypto'
import { Level } from './content/json-levels.js'
import { addPath, pathNode } from './content/json-paths.js'
import { glanceAtJson } from './content/scan-json.js'

/**
 * Headers with a sender's id of one delivery. Senders repeat the id when they retry. Headers with the id of an event are
 * not listed: one webhook may correctly receive several requests for one event.
 */
export const deliveryIdHeaders = [
  // First, because it is checked against the signed body: adding another id header must not change the delivery's id.
  'x-amz-sns-message-id',
  'webhook-id',
  'svix-id',
  'x-github-delivery',
  'x-shopify-webhook-id',
  'shopify-webhook-id',
  'x-gitea-delivery',
  'linear-delivery',
  'idempotency-key',
  'i-twilio-idempotency-token',
  'x-request-uuid',
  'x-atlassian-webhook-identifier',
  'x-zendesk-webhook-invocation-id',
  'paypal-transmission-id',
  'x-wc-webhook-delivery-id',
  // For GitLab before 17.4, which sends no idempotency-key. A webhook triggered by another webhook has the same value.
  'x-gitlab-event-uuid',
  // Unique with its ce-source (CloudEvents 1.0, 3.1.1).
  'ce-id',
] as const

const known = new Map<string, number>(deliveryIdHeaders.map((name, index) => [name, index]))
const lengths = new Set(deliveryIdHeaders.map((name) => name.length))
const idCharsMin = 8

/**
 * Returns the key of a delivery for duplicate detection: 16 bytes of SHA-256 as a UUID. Requests of one webhook with the
 * same sender's id have the same key. Returns null for requests without an id, and when an id header is repeated.
 */
export function deliveryKey(webhookId: string, rawHeaders: readonly string[], text?: string): string | null {
  let best = Infinity
  let id = ''
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const rank = lengths.has(name.length) ? known.get(name.toLowerCase()) : undefined
    if (rank === undefined || rank > best) continue
    id = rank === best ? '' : rawHeaders[i + 1]!
    best = rank
  }
  if (best === Infinity) return bodyKey(webhookId, rawHeaders, text)
  if (id.length < idCharsMin) return null
  const name = deliveryIdHeaders[best]!
  const source = name === 'ce-id' ? `\n${valueOf('ce-source', rawHeaders)}` : ''
  return asUuid(`${webhookId}\n${name}\n${id}${source}`)
}

/** Providers with the id of a delivery only in the body, by their signature header. */
const bodyIds = new Map([
  // https://docs.stripe.com/webhooks#handle-duplicate-events
  ['stripe-signature', 'id'],
  // https://docs.slack.dev/apis/events-api: each retry has the same id.
  ['x-slack-signature', 'event_id'],
])
const bodyIdLengths = new Set([...bodyIds.keys()].map((name) => name.length))
/** Characters of the body that are scanned for the id. */
const headCharsMax = 64 * 1024

function bodyKey(webhookId: string, rawHeaders: readonly string[], text: string | undefined): string | null {
  if (text === undefined) return null
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const field = bodyIdLengths.has(name.length) ? bodyIds.get(name.toLowerCase()) : undefined
    if (field === undefined) continue
    const root = pathNode()
    const end = addPath(root, [field])
    const head = text.slice(0, headCharsMax)
    glanceAtJson(head, new Level([root]))
    const [span] = end.found
    const id = span ? head.slice(span.start, span.end) : ''
    return id.startsWith('"') && id.length >= idCharsMin + 2
      ? asUuid(`${webhookId}\nbody.${field}\n${id}`)
      : null
  }
  return null
}

const asUuid = (text: string) =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

function valueOf(name: string, rawHeaders: readonly string[]): string {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === name) return rawHeaders[i + 1]!
  }
  return ''
}
