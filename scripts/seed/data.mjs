import { createHmac } from 'node:crypto'
import { samples } from '../../shared/dist/src/samples.js'

const hmac = (key, content, encoding = 'hex') => createHmac('sha256', key).update(content).digest(encoding)
const sample = (name) => samples.find((one) => one.name === name)
const changed = (name, change) => JSON.stringify(change(JSON.parse(sample(name).body)))
const keys = { stripe: 'whsec_sample', github: 'sample-secret', shopify: 'sample-client-secret' }
/** Three attempts within about ten seconds, then dead. */
const shortRetry = { strategy: 'list', delaysSeconds: [2, 4], attemptsMax: 3, jitter: 0 }

const amounts = `// Runs before each delivery. Return null to drop the request.
function transform(data, request) {
  const { amount_paid, currency, customer_email } = data.data.object
  console.log(data.type, amount_paid)
  return { event: data.type, amount: amount_paid / 100, currency, customer: customer_email }
}
`
const shortMessage = `function transform(data) {
  return { text: \`\${data.pusher.name} pushed \${data.commits.length} commits to \${data.repository.full_name}\` }
}
`

/**
 * The sample webhooks, by name. `requests` is the number of requests, and `request(n)` returns request n. A destination has
 * a path of the sample receiver, and settings of the API.
 */
export const webhooks = [
  {
    name: 'Stripe payments',
    settings: { verification: { provider: 'stripe', secrets: [keys.stripe] } },
    script: amounts,
    destinations: [
      { name: 'Billing', path: 'billing' },
      {
        name: 'Failed payments',
        path: 'alerts',
        filter: { field: 'body.type', equals: 'invoice.payment_failed' },
      },
      { name: 'Warehouse', path: 'unstable', retry: shortRetry },
    ],
    requests: 24,
    request: (n) => stripe(n),
  },
  {
    name: 'GitHub deploys',
    settings: { verification: { provider: 'github', secrets: [keys.github] } },
    destinations: [
      { name: 'Deploy', path: 'slow', filter: { field: 'headers.x-github-event', equals: 'push' } },
      {
        name: 'Chat',
        path: 'chat',
        filter: { field: 'headers.x-github-event', equals: 'push' },
        script: shortMessage,
      },
      { name: 'Old dashboard', path: 'gone' },
    ],
    requests: 10,
    request: (n) => github(n),
  },
  {
    name: 'Shopify orders',
    settings: { verification: { provider: 'shopify', secrets: [keys.shopify] } },
    destinations: [
      { name: 'Orders', path: 'orders', orderingKey: 'body.email' },
      { name: 'Large orders', path: 'orders/large', filter: { field: 'body.total', gt: 200 } },
      { name: 'Reports', path: 'broken', retry: shortRetry, filter: { field: 'body.total', gt: 300 } },
    ],
    requests: 16,
    request: (n) => shopify(n),
  },
  {
    name: 'All other services',
    destinations: [{ name: 'Archive', path: 'archive' }],
    requests: samples.length,
    request: (n) => ({ path: `/${samples[n].name.split(' ')[0].toLowerCase()}`, ...samples[n] }),
  },
  {
    name: 'Staging',
    settings: { status: 'paused' },
    destinations: [{ name: 'Staging server', path: 'staging' }],
    requests: 6,
    request: (n) => ({ ...sample('Plain JSON'), body: JSON.stringify({ number: n, release: '2026.11' }) }),
  },
]

/** Each eighth request has a wrong signature. */
function stripe(n) {
  const type = n % 4 === 3 ? 'invoice.payment_failed' : 'invoice.paid'
  const body = changed('Stripe invoice.paid', ({ type: _, data: { object }, ...event }) => ({
    ...event,
    id: `evt_sample_${n}`,
    data: { object: { ...object, id: `in_sample_${n}`, amount_paid: 1900 + 350 * n } },
    type,
  }))
  const at = Math.floor(Date.now() / 1000)
  const signature = hmac(n % 8 === 6 ? 'another-key' : keys.stripe, `${at}.${body}`)
  return {
    path: '/stripe',
    headers: [...sample('Stripe invoice.paid').headers, ['stripe-signature', `t=${at},v1=${signature}`]],
    body,
  }
}

function github(n) {
  const name = n % 3 === 2 ? 'GitHub pull request' : 'GitHub push'
  const body = changed(name, (event) => ({ ...event, number: n }))
  const headers = sample(name).headers.map(([header, value]) => [
    header,
    header === 'x-github-delivery' ? `sample-${n}` : value,
  ])
  return {
    path: '',
    headers: [...headers, ['x-hub-signature-256', `sha256=${hmac(keys.github, body)}`]],
    body,
  }
}

function shopify(n) {
  const total = 45 + ((n * 83) % 290)
  const email = ['grace@example.com', 'ada@example.com', 'alan@example.com'][n % 3]
  const body = changed('Shopify orders/create', (order) => ({
    ...order,
    id: 9000 + n,
    email,
    total,
    total_price: total.toFixed(2),
  }))
  const signature = hmac(keys.shopify, body, 'base64')
  return {
    path: '/orders',
    headers: [...sample('Shopify orders/create').headers, ['x-shopify-hmac-sha256', signature]],
    body,
  }
}
