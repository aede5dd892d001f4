export interface Sample {
  name: string
  headers: [string, string][]
  body: string
}

const json = (value: unknown) => JSON.stringify(value, null, 2)
const jsonHeader: [string, string] = ['content-type', 'application/json']

/** Calls in the shape providers send them; the values are made up. */
export const samples: Sample[] = [
  {
    name: 'Stripe invoice.paid',
    headers: [jsonHeader],
    body: json({
      id: 'evt_1QK3Xh2eZvKYlo2C0o5Vn8Rw',
      object: 'event',
      api_version: '2025-10-29.clover',
      created: 1764000000,
      type: 'invoice.paid',
      livemode: false,
      pending_webhooks: 1,
      data: {
        object: {
          id: 'in_1QK3Xg2eZvKYlo2CkqJt8w9L',
          object: 'invoice',
          amount_due: 2900,
          amount_paid: 2900,
          currency: 'eur',
          customer: 'cus_RCk2mPq0wXyz12',
          customer_email: 'ada@example.com',
          paid: true,
          status: 'paid',
          lines: {
            object: 'list',
            total_count: 1,
            data: [{ id: 'il_1QK3Xg', description: '1 x Pro plan', amount: 2900, quantity: 1 }],
          },
        },
      },
    }),
  },
  {
    name: 'GitHub push',
    headers: [
      jsonHeader,
      ['x-github-event', 'push'],
      ['x-github-delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ],
    body: json({
      ref: 'refs/heads/main',
      before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      after: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
      repository: { id: 186853002, name: 'engine', full_name: 'analytical/engine', private: false },
      pusher: { name: 'ada', email: 'ada@example.com' },
      commits: [
        {
          id: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
          message: 'Number the operations',
          modified: ['notes/g.md'],
        },
      ],
    }),
  },
  {
    name: 'Shopify orders/create',
    headers: [
      jsonHeader,
      ['x-shopify-topic', 'orders/create'],
      ['x-shopify-shop-domain', 'example.myshopify.com'],
    ],
    body: json({
      id: 820982911946154500,
      email: 'grace@example.com',
      currency: 'USD',
      total_price: '238.47',
      financial_status: 'paid',
      line_items: [
        {
          id: 866550311766439000,
          title: 'IPod Nano - 8GB',
          quantity: 1,
          price: '199.00',
          sku: 'IPOD2008PINK',
        },
      ],
    }),
  },
  {
    name: 'Slack event_callback',
    headers: [jsonHeader],
    body: json({
      type: 'event_callback',
      team_id: 'T061EG9R6',
      event: {
        type: 'app_mention',
        user: 'U061F7AUR',
        text: 'is it deployed?',
        ts: '1764000000.000200',
        channel: 'C0LAN2Q65',
      },
      event_id: 'Ev0LAN670R',
      event_time: 1764000000,
    }),
  },
  {
    name: 'Form post',
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: 'From=%2B15005550006&Body=Hello+there&NumMedia=0',
  },
  { name: 'Plain JSON', headers: [jsonHeader], body: json({ hello: 'world' }) },
]
