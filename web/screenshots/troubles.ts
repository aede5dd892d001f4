import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { Delivery, Destination, Page, Webhook } from '@whook/shared'
import { snsCall, topic } from '@whook/testing/signatures/certified-calls'
import { samples } from '@whook/shared/samples'
import { startSink } from '../e2e/start-sink.js'
import type { Whook } from '@whook/testing/product/start-whook'

const secret = 'It is the secret of this picture'
const troubledMs = 90_000
const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const onlyRefunds = `function transform(data) {
  return data.type === 'charge.refunded' ? data : null
}
`
/** Two batches of a replay, so that one picture shows it half done. */
const imported = 1000

/** Seeds the rare states: dead deliveries, disabled webhooks and destinations, verified and unverified signatures. */
export async function seedTroubles(whook: Whook) {
  const sinks = {
    gone: await startSink([410]),
    broken: await startSink(Array.from({ length: 1000 }, () => 503)),
    fails: await startSink([500, 503, 500, 503, 500, 503]),
    fine: await startSink(),
  }
  const create = (name: string) => whook.api<Webhook>('POST', '/webhooks', { name })
  const [returns, ledger, repository, oldShop, imports, topics, refunds] = [
    await create('Returns'),
    await create('Ledger'),
    await create('Repository'),
    await create('Old shop'),
    await create('Imports'),
    await create('Topics'),
    await create('Refunds'),
  ]
  const verification = { provider: 'github', secrets: [secret] }
  await whook.api('PATCH', `/webhooks/${repository.id}`, { verification })
  await whook.api('PATCH', `/webhooks/${topics.id}`, {
    verification: { provider: 'amazon-sns', secrets: [topic] },
  })
  const add = (of: Webhook, name: string, { url }: { url: string }, more: object = {}) =>
    whook.api<Destination>('POST', `/webhooks/${of.id}/destinations`, {
      name,
      url: url.replace('hooks', name.toLowerCase()),
      ...more,
    })
  const soon = { retry: { strategy: 'list', delaysSeconds: [1], attemptsMax: 3, jitter: 0 } }
  await add(returns, 'Depot', sinks.gone)
  await add(returns, 'Courier', sinks.broken)
  await add(ledger, 'Archive', sinks.fails, soon)
  await add(imports, 'Catalogue', sinks.fine)
  await add(topics, 'Orders', sinks.fine)
  await add(refunds, 'Refunder', sinks.fine, { script: onlyRefunds })

  const send = ({ url }: Webhook, { headers, body }: { headers: [string, string][]; body: string }) =>
    fetch(url, { method: 'POST', headers, body })
  const [invoice, push] = [samples[0]!, samples.find(({ name }) => /push/.test(name))!]
  for (let n = 0; n < 14; n++) await send(returns, samples[n % samples.length]!)
  for (let n = 0; n < 2; n++) await send(ledger, invoice)
  const sign = (body: string): [string, string] => [
    'x-hub-signature-256',
    `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  ]
  const [signed, forged] = [sign(push.body), sign(`${push.body} `)]
  for (const signature of [signed, forged]) {
    const headers = push.headers.filter(([name]) => !/^x-(hub-signature|github-delivery)/i.test(name))
    await send(repository, { ...push, headers: [...headers, signature] })
  }
  await send(oldShop, invoice)
  await send(refunds, invoice)
  for (let sent = 0; sent < imported; sent += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        fetch(`${imports.url}/row/${sent + n}`, { method: 'POST', body: '{}' }),
      ),
    )
  await troubled(whook, { returns, ledger, imports, oldShop, refunds })
  await whook.api('PATCH', `/webhooks/${oldShop.id}`, { status: 'disabled' })
  return {
    returns,
    ledger,
    repository,
    oldShop,
    imports,
    topics,
    refunds,
    /** Call just before the picture. The certificate cannot be fetched: the verification fails after the last attempt. */
    sendUnjudged: () => {
      const { rawHeaders, body } = snsCall(key, {
        Timestamp: new Date().toISOString(),
        MessageId: randomUUID(),
      })
      const headers = rawHeaders.flatMap((name, n) => (n % 2 ? [] : [[name, rawHeaders[n + 1]!]]))
      return fetch(topics.url, {
        method: 'POST',
        headers: headers as [string, string][],
        body: new Uint8Array(body),
      })
    },
    close: () => Promise.all(Object.values(sinks).map(({ close }) => close())),
  }
}

/** Waits until all expected failures and requests are recorded. */
async function troubled(
  whook: Whook,
  { returns, ledger, imports, oldShop, refunds }: Record<string, Webhook>,
) {
  const until = Date.now() + troubledMs
  const ready = async () => {
    const destinations = await whook.api<Page<Destination>>('GET', `/webhooks/${returns!.id}/destinations`)
    const dead = await whook.api<Page<Delivery>>('GET', `/deliveries?webhookId=${ledger!.id}&status=dead`)
    const delivered = await whook.api<Page<Delivery>>(
      'GET',
      `/deliveries?webhookId=${imports!.id}&status=pending,delivering&limit=1`,
    )
    const kept = await whook.api<Page<Delivery>>(
      'GET',
      `/deliveries?webhookId=${refunds!.id}&status=filtered`,
    )
    const old = await whook.api<Webhook>('GET', `/webhooks/${oldShop!.id}`)
    return (
      destinations.items.some(({ disabledReason }) => disabledReason === 'gone-410') &&
      destinations.items.some(({ health }) => health.circuit === 'open') &&
      dead.items.length === 2 &&
      delivered.items.length === 0 &&
      kept.items.length === 1 &&
      old.requestCount === 1
    )
  }
  while (Date.now() < until && !(await ready())) await new Promise((resolve) => setTimeout(resolve, 500))
}
