import type { UpdateWebhookBody, VerificationProvider } from '@whook/shared'
import { madeVectors } from '@whook/testing/signatures/made-vectors'
import { publishedVectors } from '@whook/testing/signatures/published-vectors'
import type { Product } from '@whook/testing/product/start-product'

export interface Target {
  webhookId: string
  destinationId: string
  slug: string
  /** Headers that a sender of this kind sends. */
  headers: [string, string][]
}

interface Setup {
  filter?: object
  orderingKey?: string
  script?: string
}

/** Near-matches of this pattern cost most: it has too many states for RE2's automaton. */
const slowPattern = '(a|b)*a[ab]{200}[cd]'

/** Readers of a stored request, each with the settings that make api and worker read it. */
const readers = {
  /** The filter is not passed, so nothing is sent. */
  field: { filter: { field: 'body.a.b', exists: true }, orderingKey: 'body.a' },
  text: { filter: { field: 'body', contains: `b${'a'.repeat(4000)}` }, orderingKey: 'body' },
  pattern: { filter: { field: 'body', matches: slowPattern } },
  header: { filter: { field: 'headers.x-a', matches: slowPattern }, orderingKey: 'headers.x-a' },
  query: { filter: { field: 'query.a', matches: slowPattern }, orderingKey: 'query.a' },
  script: { script: 'function transform(data, request) { return data ?? request.body ?? "" }' },
  'script that returns much': { script: "function transform() { return '\\u0001'.repeat(1e6) }" },
  'script that logs': { script: "function transform() { for (;;) console.log('x'.repeat(1e5)) }" },
  'script that throws': { script: "function transform() { throw new Error('\\u0001'.repeat(1e6)) }" },
} satisfies Record<string, Setup>

export type Reader = keyof typeof readers | `signed ${VerificationProvider}`

/** Makes a webhook for each reader when an input first names it. */
export function createTargets({ call }: Product, sinkUrl: string) {
  const made = new Map<Reader, Promise<Target>>()

  async function make(reader: Reader): Promise<Target> {
    const { id, slug } = await call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', {
      name: reader,
    })
    // What is signed is read by the api alone: its destination is passed over.
    const setup: Setup & { enabled?: boolean } =
      reader in readers ? readers[reader as keyof typeof readers] : { enabled: false }
    const retry = { attemptsMax: 1 }
    const path = `/api/v1/webhooks/${id}/destinations`
    const { id: destinationId } = await call<{ id: string }>('POST', path, { url: sinkUrl, retry, ...setup })
    const headers = reader.startsWith('signed ')
      ? await sign(id, reader.slice(7) as VerificationProvider)
      : []
    return { webhookId: id, destinationId, slug, headers }
  }

  /** Returns the headers of a call that verifies; the hostile part of a call is what it has in their place, or its body. */
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

/** Providers that sign with a certificate, so that no example of a call is printed. */
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
