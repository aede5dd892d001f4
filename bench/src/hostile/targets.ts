import type { UpdateWebhookBody, VerificationProvider } from '@whook/shared'
import { madeVectors } from '@whook/testing/signatures/made-vectors'
import { publishedVectors } from '@whook/testing/signatures/published-vectors'
import type { Product } from '@whook/testing/product/start-product'

export interface Target {
  webhookId: string
  destinationId: string
  slug: string
  /** Headers of a valid sender of this kind. */
  headers: [string, string][]
}

interface ReaderSetup {
  filter?: object
  orderingKey?: string
  script?: string
}

/** Near-matches of this pattern are the most expensive: it has too many states for the automaton of RE2. */
const slowPattern = '(a|b)*a[ab]{200}[cd]'

/** Settings that make api and worker read a stored request, by reader. */
const readers = {
  /** The filter does not match, so no delivery is sent. */
  field: { filter: { field: 'body.a.b', exists: true }, orderingKey: 'body.a' },
  text: { filter: { field: 'body', contains: `b${'a'.repeat(4000)}` }, orderingKey: 'body' },
  pattern: { filter: { field: 'body', matches: slowPattern } },
  header: { filter: { field: 'headers.x-a', matches: slowPattern }, orderingKey: 'headers.x-a' },
  query: { filter: { field: 'query.a', matches: slowPattern }, orderingKey: 'query.a' },
  script: { script: 'function transform(data, request) { return data ?? request.body ?? "" }' },
  'script that returns much': { script: "function transform() { return '\\u0001'.repeat(1e6) }" },
  'script that logs': { script: "function transform() { for (;;) console.log('x'.repeat(1e5)) }" },
  'script that throws': { script: "function transform() { throw new Error('\\u0001'.repeat(1e6)) }" },
} satisfies Record<string, ReaderSetup>

export type Reader = keyof typeof readers | `signed ${VerificationProvider}`

/** Returns a function that creates the webhook of a reader on first use. */
export function createTargets({ call }: Product, sinkUrl: string) {
  const made = new Map<Reader, Promise<Target>>()

  async function make(reader: Reader): Promise<Target> {
    const { id, slug } = await call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', {
      name: reader,
    })
    // Only the api reads signed requests, so the destination is disabled.
    const setup: ReaderSetup & { enabled?: boolean } =
      reader in readers ? readers[reader as keyof typeof readers] : { enabled: false }
    const retry = { attemptsMax: 1 }
    const path = `/api/v1/webhooks/${id}/destinations`
    const { id: destinationId } = await call<{ id: string }>('POST', path, { url: sinkUrl, retry, ...setup })
    const headers = reader.startsWith('signed ')
      ? await sign(id, reader.slice(7) as VerificationProvider)
      : []
    return { webhookId: id, destinationId, slug, headers }
  }

  /** Returns the headers of a request that verifies. The hostile part replaces these headers, or is the body. */
  async function sign(webhookId: string, provider: VerificationProvider): Promise<[string, string][]> {
    const vector = [...publishedVectors, ...madeVectors].find((one) => one.provider === provider)
    const { secret, headers } = certified[provider] ?? vector ?? { secret: 'secret', headers: {} }
    const verification = { provider, secrets: Array.from({ length: 5 }, () => secret) }
    await call('PATCH', `/api/v1/webhooks/${webhookId}`, { verification } satisfies UpdateWebhookBody)
    const now = String(Math.floor(Date.now() / 1000))
    return Object.entries(headers).map(([name, value]) => [name, value.replace(/\b1[4567]\d{8}\b/, now)])
  }

  return (reader: Reader): Promise<Target> => {
    if (!made.has(reader)) made.set(reader, make(reader))
    return made.get(reader)!
  }
}

/** Providers that sign with a certificate and publish no example. */
const certified: Partial<Record<VerificationProvider, { secret: string; headers: Record<string, string> }>> =
  {
    'amazon-sns': {
      secret: 'arn:aws:sns:eu-west-1:123456789012:orders',
      headers: { 'x-amz-sns-message-type': 'Notification' },
    },
    paypal: {
      secret: 'WH-1',
      headers: {
        'paypal-transmission-id': 'a',
        'paypal-transmission-time': new Date().toISOString().replace(/\.\d+/, ''),
        'paypal-transmission-sig': 'AAAA',
        'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-1',
        'paypal-auth-algo': 'SHA256withRSA',
      },
    },
  }
