import type { Delivery, Destination, Page, Webhook } from '@whook/shared'
import { samples } from '@whook/shared/samples'
import { startSink } from '../e2e/start-sink.js'
import type { Whook } from '@whook/testing/product/start-whook'
import { seedHistory } from './history.js'
import { sendOddBodies } from './odd-bodies.js'

const script = `// Runs before each delivery. Return null to drop it.
function transform(data, request) {
  if (data?.type !== 'invoice.paid') return data ?? request.body
  const { amount_due, customer_email } = data.data.object
  console.log('amount', amount_due)
  return {
    event: data.type,
    amount: amount_due / 100,
    customer: customer_email,
    path: request.path,
  }
}
`
const invoices = { field: 'body.type', equals: 'invoice.paid' }

/** Seeds a Whook after a normal day: webhooks of several services, and one destination that sometimes fails. */
export async function seed(whook: Whook) {
  const [billing, alerts, warehouse] = [
    await startSink(),
    await startSink(),
    await startSink(Array.from({ length: 400 }, (_, n) => (n % 5 === 0 ? 503 : 200))),
  ]
  const create = (name: string) => whook.api<Webhook>('POST', '/webhooks', { name })
  const [shop, feed, deploys, payments] = [
    await create('Shop orders'),
    await create('Partner feed'),
    await create('Deploy hooks'),
    await create('Payments'),
  ]
  const add = (of: Webhook, name: string, { url }: { url: string }, more: object = {}) =>
    whook.api<Destination>('POST', `/webhooks/${of.id}/destinations`, {
      name,
      url: url.replace('hooks', name.toLowerCase()),
      ...more,
    })
  const [bills, warns, stock, orders] = [
    await add(payments, 'Billing', billing),
    await add(payments, 'Alerts', alerts, { filter: invoices }),
    // Long delays, so that deliveries that failed twice still wait when the last picture is taken.
    await add(payments, 'Warehouse', warehouse, { retry: { delaysSeconds: [5, 2700, 7200, 28_800] } }),
    await add(shop, 'Orders', billing),
  ]
  await seedHistory(whook.dataDir, [
    {
      webhookId: payments.id,
      perMinute: 6,
      destinations: [
        { id: bills.id, share: 1, failing: 0.002, medianMs: 42 },
        { id: warns.id, share: 0.3, failing: 0.004, medianMs: 18 },
        { id: stock.id, share: 1, failing: 0.035, medianMs: 240 },
      ],
    },
    {
      webhookId: shop.id,
      perMinute: 2.5,
      destinations: [{ id: orders.id, share: 1, failing: 0.003, medianMs: 65 }],
    },
    { webhookId: deploys.id, perMinute: 0.15, destinations: [] },
  ])
  const path = `/webhooks/${payments.id}/transformation`
  await whook.api('PUT', path, { script: script.replace('amount', 'sum') })
  await whook.api('PUT', path, { script })
  await sendOddBodies(feed.url)
  await whook.api('PATCH', `/webhooks/${feed.id}`, { status: 'paused' })
  for (let n = 0; n < 48; n++) {
    const { headers, body, name } = samples[n % samples.length]!
    const provider = name.split(' ')[0]!.toLowerCase()
    await fetch(`${n % 5 === 4 ? shop.url : payments.url}/${provider}${n % 7 === 3 ? '?attempt=2' : ''}`, {
      method: n % 11 === 5 ? 'PUT' : 'POST',
      headers,
      body,
    })
    if (n % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 400))
  }
  await settled(whook)
  return {
    payments,
    shop,
    feed,
    deploys,
    failing: stock,
    close: () => Promise.all([billing.close(), alerts.close(), warehouse.close()]),
  }
}

const settleMs = 90_000
const soonMs = 60_000

/** Waits until all due deliveries have ended, including retries within 60 s, so that the pictures show stable data. */
async function settled(whook: Whook) {
  const until = Date.now() + settleMs
  const busy = async () => {
    const { items } = await whook.api<Page<Delivery>>(
      'GET',
      '/deliveries?status=pending,delivering,retrying&limit=200',
    )
    return items.some(
      ({ status, nextAttemptAt }) =>
        status !== 'retrying' || Date.parse(nextAttemptAt ?? '') < Date.now() + soonMs,
    )
  }
  while (Date.now() < until && (await busy())) await new Promise((resolve) => setTimeout(resolve, 500))
}
