import { createHash } from 'node:crypto'
import { Level } from './content/json-levels.js'
import { addPath, pathNode } from './content/json-paths.js'
import { glanceAtJson } from './content/scan-json.js'

/**
 * Headers in which senders name one delivery; they repeat it when they send the delivery again. Not those that name an
 * event, of which one webhook may rightly get several.
 */
export const deliveryIdHeaders = [
  // Before the others: it is held to what Amazon signed, so that nobody names a delivery anew by adding one of them.
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
  // Where GitLab sends no idempotency-key, before 17.4. A webhook that another one set off shares it.
  'x-gitlab-event-uuid',
  // Unique with its ce-source (CloudEvents 1.0, 3.1.1).
  'ce-id',
] as const

const known = new Map<string, number>(deliveryIdHeaders.map((name, index) => [name, index]))
const lengths = new Set(deliveryIdHeaders.map((name) => name.length))
const idCharsMin = 8

/**
 * What a request has in common with every other of its webhook that names the same delivery: 16 bytes of SHA-256, written
 * as a UUID. null for requests that name none. Two headers of one name say nothing.
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

/** Providers that name a delivery in the body alone, by the header they sign with. */
const bodyIds = new Map([
  // https://docs.stripe.com/webhooks#handle-duplicate-events
  ['stripe-signature', 'id'],
  // https://docs.slack.dev/apis/events-api: the same in each retry.
  ['x-slack-signature', 'event_id'],
])
const bodyIdLengths = new Set([...bodyIds.keys()].map((name) => name.length))
/** Of the body, what is scanned for the id. */
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
