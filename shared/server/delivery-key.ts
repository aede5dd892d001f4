import { createHash } from 'node:crypto'

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
] as const

const known = new Map<string, number>(deliveryIdHeaders.map((name, index) => [name, index]))
const lengths = new Set(deliveryIdHeaders.map((name) => name.length))
const idCharsMin = 8

/**
 * What a request has in common with every other of its webhook that names the same delivery: 16 bytes of SHA-256, written
 * as a UUID. null for requests that name none. Two headers of one name say nothing.
 */
export function deliveryKey(webhookId: string, rawHeaders: readonly string[]): string | null {
  let best = Infinity
  let id = ''
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const rank = lengths.has(name.length) ? known.get(name.toLowerCase()) : undefined
    if (rank === undefined || rank > best) continue
    id = rank === best ? '' : rawHeaders[i + 1]!
    best = rank
  }
  if (id.length < idCharsMin) return null
  const hex = createHash('sha256').update(`${webhookId}\n${deliveryIdHeaders[best]}\n${id}`).digest('hex')
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
