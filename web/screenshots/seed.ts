import type { Delivery, Destination, Page, Webhook } from '@whook/shared'
import { samples } from '../src/samples/samples.js'
import { startSink } from '../e2e/start-sink.js'
import type { Whook } from '../e2e/start-whook.js'

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

/** A Whook as somebody's workday leaves it: webhooks of three services, one destination that fails now and then. */
export async function seed(whook: Whook) {
  const [billing, alerts, warehouse] = [
    await startSink(),
    await startSink(),
    await startSink(Array.from({ length: 400 }, (_, n) => (n % 5 === 0 ? 503 : 200))),
  ]
  const create = (name: string) => whook.api<Webhook>('POST', '/webhooks', { name })
  const shop = await create('Shop orders')
  await create('Deploy hooks')
  const payments = await create('Payments')
  const add = (name: string, url: string, more: object = {}) =>
    whook.api<Destination>('POST', `/webhooks/${payments.id}/destinations`, { name, url, ...more })
  await add('Billing', billing.url)
  await add('Alerts', alerts.url, { filter: { field: 'body.type', equals: 'invoice.paid' } })
  const failing = await add('Warehouse', warehouse.url)
  await whook.api('PUT', `/webhooks/${payments.id}/transformation`, {
    script: script.replace('amount', 'sum'),
  })
  await whook.api('PUT', `/webhooks/${payments.id}/transformation`, { script })
  for (let n = 0; n < 48; n++) {
    const { headers, body } = samples[n % samples.length]!
    const provider = samples[n % samples.length]!.name.split(' ')[0]!.toLowerCase()
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
    failing,
    close: () => Promise.all([billing.close(), alerts.close(), warehouse.close()]),
  }
}

const settleMs = 90_000

/** Until what can be delivered is: a picture of a queue that is still busy tells nothing. */
async function settled(whook: Whook) {
  const until = Date.now() + settleMs
  const busy = () =>
    whook
      .api<Page<Delivery>>('GET', '/deliveries?status=pending,delivering')
      .then(({ items }) => items.length)
  while ((await busy()) > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 500))
}
