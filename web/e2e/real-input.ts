/** Bodies as the providers document them, with invented values. */
export const stripeEvent = {
  id: 'evt_1QK3Xh2eZvKYlo2C0o5Vn8Rw',
  object: 'event',
  api_version: '2025-10-29.clover',
  created: 1764000000,
  type: 'invoice.paid',
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  data: {
    object: {
      id: 'in_1QK3Xg2eZvKYlo2CkqJt8w9L',
      object: 'invoice',
      amount_due: 2900,
      currency: 'eur',
      customer: 'cus_RCk2mPq0wXyz12',
      customer_email: 'ada@example.com',
      lines: { object: 'list', data: [{ id: 'il_1QK3Xg', description: '1 × Pro plan', amount: 2900 }] },
    },
  },
}

export const githubPush = {
  ref: 'refs/heads/main',
  before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
  after: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
  repository: { id: 186853002, full_name: 'analytical/engine', private: false },
  pusher: { name: 'ada', email: 'ada@example.com' },
  commits: [{ id: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5', message: 'Number the operations: “Γ”' }],
}

/** One green pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEAAAfCAEByFoDfQAAAABJRU5ErkJggg==',
  'base64',
)
