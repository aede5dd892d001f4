import { createHmac, randomBytes } from 'node:crypto'
import { crc32, deflateSync, gzipSync } from 'node:zlib'

export interface Call {
  name: string
  method: string
  /** Path and query after the webhook URL. */
  target: string
  headers: Record<string, string>
  body: Buffer | null
}

/** Returns typical webhook requests, in the exact format of their senders. */
export function realCalls(): Call[] {
  const stripe = Buffer.from(
    JSON.stringify({
      id: 'evt_1PqT5c2eZvKYlo2CxYzAbCdE',
      object: 'event',
      api_version: '2024-06-20',
      created: 1_760_000_000,
      data: {
        object: { id: 'in_1PqT5b2eZvKYlo2C', object: 'invoice', amount_paid: 12_900, currency: 'eur' },
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: 'invoice.paid',
    }),
  )
  const push = Buffer.from(
    JSON.stringify({
      ref: 'refs/heads/main',
      before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      after: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
      repository: { id: 186_853_002, full_name: 'Codertocat/Hello-World' },
      commits: [{ id: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5', message: 'Grüße, 世界 🎉' }],
    }),
  )
  const sign = (key: string, bytes: string | Buffer) => createHmac('sha256', key).update(bytes).digest('hex')
  const json = { 'content-type': 'application/json' }
  return [
    {
      name: 'a Stripe event',
      method: 'POST',
      target: '',
      headers: {
        ...json,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': `t=1760000000,v1=${sign('whsec_test', `1760000000.${stripe.toString()}`)}`,
      },
      body: stripe,
    },
    {
      name: 'a GitHub push',
      method: 'POST',
      target: '',
      headers: {
        ...json,
        'x-github-event': 'push',
        'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        'x-hub-signature-256': `sha256=${sign("It's a Secret to Everybody", push)}`,
      },
      body: push,
    },
    {
      name: 'a multipart upload with a PNG',
      method: 'POST',
      target: '/upload',
      headers: { 'content-type': 'multipart/form-data; boundary=----b' },
      body: Buffer.concat([
        Buffer.from('------b\r\nContent-Disposition: form-data; name="f"; filename="dot.png"\r\n'),
        Buffer.from('Content-Type: image/png\r\n\r\n'),
        png(),
        Buffer.from('\r\n------b--\r\n'),
      ]),
    },
    {
      name: 'a gzip body',
      method: 'POST',
      target: '',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync('{"list":[1,2,3]}'.repeat(100)),
    },
    { name: 'an empty POST', method: 'POST', target: '', headers: {}, body: null },
    {
      name: 'a GET with a query',
      method: 'GET',
      target: '/verify?mode=subscribe&x=1&x=%20',
      headers: {},
      body: null,
    },
    {
      name: 'random bytes',
      method: 'PUT',
      target: '/raw',
      headers: { 'content-type': 'application/octet-stream' },
      body: randomBytes(10_000),
    },
    {
      name: 'a body too large for the queue',
      method: 'POST',
      target: '',
      headers: {},
      body: randomBytes(600_000),
    },
  ]
}

/** Returns a PNG of one red pixel. */
function png(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data])
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    size.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([size, named, sum])
  }
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
