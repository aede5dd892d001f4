import { describe, expect, it, vi } from 'vitest'
import { createCertificates } from './certificates.js'
import { certificateAt } from '@whook/testing/signatures/certificate-at'
import {
  paypalCall,
  paypalCertificateUrl,
  paypalWebhookId,
  snsCall,
  snsCertificateUrl,
  subscribeUrl,
  topic,
  type Call,
} from '@whook/testing/signatures/certified-calls'
import { makeCertificate } from '@whook/testing/signatures/make-certificate'
import { verifyCertified, verifySignature } from './verify-signature.js'

const at = 1_700_000_000_000
const signer = makeCertificate({ name: 'sns.amazonaws.com' })
const sns = (call: Call, secrets = [topic]) => ({ ...request('amazon-sns', call), secrets })
const paypal = (call: Call, secrets = [paypalWebhookId]) => ({ ...request('paypal', call), secrets })
const request = (provider: 'amazon-sns' | 'paypal', { rawHeaders, body }: Call) => ({
  provider,
  method: 'POST',
  url: 'https://hooks.example.com/wh_a',
  rawHeaders,
  body,
  receivedAtMs: at,
})

/** Runs both steps, as the api and then a worker do. The certificate is only at the provider's URL. */
async function judge(call: ReturnType<typeof sns>, pem = signer.pem) {
  const first = verifySignature(call)
  const { send } = certificateAt({ [snsCertificateUrl]: pem, [paypalCertificateUrl]: pem })
  const certificates = createCertificates({ send })
  const then = await verifyCertified(call, certificates)
  // Errors that need no certificate are returned in the first step, without a fetch.
  if (first.outcome !== 'pending') {
    expect(then).toEqual(first)
    expect(send).not.toHaveBeenCalled()
  }
  return then
}

describe('Amazon SNS', () => {
  it.each([
    ['SignatureVersion 1', { SignatureVersion: '1' }],
    ['SignatureVersion 2', {}],
    ['a Subject', { Subject: 'Hello' }],
    ['an empty Message', { Message: '' }],
    ['an UnsubscribeConfirmation', { Type: 'UnsubscribeConfirmation' }],
    ['a certificate in China', { SigningCertURL: snsCertificateUrl.replace('.com/', '.com.cn/') }],
  ] as [string, Record<string, string>][])('verifies a request with %s', async (_, fields) => {
    const call = sns(snsCall(signer.privateKey, fields))
    expect(verifySignature(call)).toEqual({
      outcome: 'pending',
      provider: 'amazon-sns',
      reason: 'The certificate of the sender is being fetched',
    })
    const url = fields['SigningCertURL'] ?? snsCertificateUrl
    const certificates = createCertificates(certificateAt({ [url]: signer.pem }))
    expect(await verifyCertified(call, certificates)).toEqual({
      outcome: 'verified',
      provider: 'amazon-sns',
      reason: null,
      confirmUrl: undefined,
    })
  })

  it('verifies a request for each of several topics', async () => {
    const call = snsCall(signer.privateKey)
    expect((await judge(sns(call, [`${topic}-other`, topic]))).outcome).toBe('verified')
  })

  it('returns the URL to confirm a subscription after the verification', async () => {
    const call = snsCall(signer.privateKey, { Type: 'SubscriptionConfirmation' })
    expect(await judge(sns(call))).toMatchObject({ outcome: 'verified', confirmUrl: subscribeUrl })
    const forged = snsCall(makeCertificate({ name: 'x' }).privateKey, { Type: 'SubscriptionConfirmation' })
    const result = await judge(sns(forged))
    expect(result.outcome).toBe('failed')
    expect(result.confirmUrl).toBeUndefined()
  })

  it.each([
    ['Message', 'Another'],
    ['Subject', 'Added'],
    ['Timestamp', '2023-11-14T22:13:21.123Z'],
    ['SignatureVersion', '1'],
    ['Signature', Buffer.alloc(256).toString('base64')],
  ])('fails when %s is changed', async (name, value) => {
    const result = await judge(sns(snsCall(signer.privateKey, {}, { [name]: value })))
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/No signature matches/) })
  })

  it.each(['Token', 'SubscribeURL'])('fails when %s of a confirmation is changed', async (name) => {
    const after = { [name]: name === 'Token' ? 'x' : `${subscribeUrl}x` }
    const call = snsCall(signer.privateKey, { Type: 'SubscriptionConfirmation' }, after)
    expect((await judge(sns(call))).reason).toMatch(/No signature matches/)
  })

  it.each([
    ['another account', topic.replace('123456789012', '123456789013')],
    ['a longer name', `${topic}2`],
    ['capitals', topic.toUpperCase()],
  ])('fails for the topic of %s, also with a signature of Amazon', async (_, other) => {
    const call = snsCall(signer.privateKey, { TopicArn: other })
    expect((await judge(sns(call))).reason).toBe(
      'The topic of the message is not one of the configured topics',
    )
    expect((await judge(sns(call, []))).reason).toBe('No secret is set yet')
  })

  const file = '/SimpleNotificationService-0.pem'
  it.each([
    `http://sns.eu-west-1.amazonaws.com${file}`,
    `https://sns.eu-west-1.amazonaws.com:443${file}`,
    `https://sns.eu-west-1.amazonaws.com:8443${file}`,
    `https://a@sns.eu-west-1.amazonaws.com${file}`,
    `https://@sns.eu-west-1.amazonaws.com${file}`,
    `https://sns.eu-west-1.amazonaws.com@evil.example${file}`,
    `https://sns.eu-west-1.amazonaws.com.evil.example${file}`,
    `https://sns.evil.amazonaws.com.evil.com${file}`,
    `https://sns.evil.amazonaws.com${file}`,
    `https://sns.s3.amazonaws.com${file}`,
    `https://sns.s3-us-west-2.amazonaws.com${file}`,
    `https://sns.eu-west-1.s3.amazonaws.com${file}`,
    `https://evil.sns.eu-west-1.amazonaws.com${file}`,
    `https://SNS.eu-west-1.amazonaws.com${file}`,
    `https://sns.eu-west-1.amazonaws.com.${file}`,
    `https://sns.eu-west-1.amazonaws.com.cn.evil.example${file}`,
    `https://sns.eu-west-1\u3002amazonaws.com${file}`,
    `https:\\\\sns.eu-west-1.amazonaws.com${file}`,
    ` https://sns.eu-west-1.amazonaws.com${file}`,
    `https://sns.eu-west-1.amazonaws.com/x/..${file}`,
    `https://sns.eu-west-1.amazonaws.com/?Action=GetEndpointAttributes&x=${file}`,
    `https://sns.eu-west-1.amazonaws.com${file}?x`,
    `https://sns.eu-west-1.amazonaws.com${file}#x`,
    'https://sns.eu-west-1.amazonaws.com/cert',
    `https://127.0.0.1${file}`,
    'file:///etc/passwd.pem',
    'nonsense',
    '',
  ])('never fetches a certificate from %j', async (url) => {
    const result = await judge(sns(snsCall(signer.privateKey, { SigningCertURL: url })))
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^The SigningCertURL/) })
  })

  it.each(['http://sns.eu-west-1.amazonaws.com/?a', 'https://evil.example/?a', 'https://10.0.0.1/'])(
    'never confirms at %s',
    async (url) => {
      const fields = { Type: 'SubscriptionConfirmation', SubscribeURL: url }
      expect((await judge(sns(snsCall(signer.privateKey, fields)))).reason).toMatch(/^The SubscribeURL/)
    },
  )

  it.each([
    ['raw message delivery', { headers: ['x-amz-sns-rawdelivery', 'true'] }, /Raw message delivery is on/],
    ['no JSON', { body: 'x' }, /not a message of Amazon SNS/],
    ['a null body', { body: 'null' }, /not a message of Amazon SNS/],
    ['another Type', { after: { Type: 'toString' } }, /not a message of Amazon SNS/],
    ['no Message', { after: { Message: undefined } }, /has no Message$/],
    ['a Message that is not text', { after: { Message: { a: 1 } } }, /has no Message$/],
    ['no Timestamp', { after: { Timestamp: undefined } }, /has no Timestamp/],
    ['an invalid Timestamp', { fields: { Timestamp: 'today' } }, /timestamp is not valid/],
    ['SignatureVersion 3', { after: { SignatureVersion: '3' } }, /must be 1 or 2/],
    ['no Signature', { after: { Signature: undefined } }, /no signature of a known kind/],
    ['a MessageId that differs from the header', { after: { MessageId: 'x' } }, /differs from the MessageId/],
    ['a body over the limit', { body: ' '.repeat(2 * 1024 * 1024 + 1) }, /larger than/],
    [
      'an old Timestamp',
      { fields: { Timestamp: '2023-11-13T22:13:10.000Z' } },
      /seconds old; the limit is 86400 seconds/,
    ],
    ['a Timestamp ahead', { fields: { Timestamp: '2023-11-15T22:13:30.000Z' } }, /in the future/],
  ] as [string, { headers?: string[]; body?: string; fields?: object; after?: object }, RegExp][])(
    'fails with a reason for %s',
    async (_, { headers = [], body, fields, after }, reason) => {
      const call = snsCall(signer.privateKey, { ...fields }, { ...after })
      const rawHeaders = [...call.rawHeaders, ...headers]
      const result = await judge(
        sns({ rawHeaders, body: body === undefined ? call.body : Buffer.from(body) }),
      )
      expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) })
    },
  )
})

describe('PayPal', () => {
  it('verifies a request with each of two webhook ids', async () => {
    const call = paypalCall(signer.privateKey)
    expect(verifySignature(paypal(call)).outcome).toBe('pending')
    expect((await judge(paypal(call))).outcome).toBe('verified')
    expect((await judge(paypal(call, ['OTHER', paypalWebhookId]))).outcome).toBe('verified')
  })

  it('verifies a request with a certificate of the sandbox', async () => {
    const url = paypalCertificateUrl.replace('api.', 'api.sandbox.')
    const certificates = createCertificates(certificateAt({ [url]: signer.pem }))
    const call = paypal(paypalCall(signer.privateKey, { 'PAYPAL-CERT-URL': url }))
    expect((await verifyCertified(call, certificates)).outcome).toBe('verified')
  })

  it('fails for another webhook, and for a changed body, id or time', async () => {
    const call = paypalCall(signer.privateKey)
    expect((await judge(paypal(call, ['OTHER']))).reason).toMatch(/No signature matches/)
    const changed = { ...call, body: Buffer.from(call.body.toString().replace('WH-1', 'WH-2')) }
    expect((await judge(paypal(changed))).reason).toMatch(/No signature matches/)
    const others = [
      { 'PAYPAL-TRANSMISSION-ID': '69cd13f0-d67a-11e5-baa3-778b53f4ae56' },
      { 'PAYPAL-TRANSMISSION-TIME': '2023-11-14T22:13:21Z' },
    ] as Record<string, string>[]
    for (const headers of others) {
      expect((await judge(paypal(paypalCall(signer.privateKey, headers)))).reason).toMatch(
        /No signature matches/,
      )
    }
  })

  const path = '/v1/notifications/certs/CERT-1'
  it.each([
    `http://api.paypal.com${path}`,
    `https://api.paypal.com:8443${path}`,
    `https://api.paypal.com:443${path}`,
    `https://a:b@api.paypal.com${path}`,
    `https://api.paypal.com.evil.example${path}`,
    `https://evil-api.paypal.com${path}`,
    `https://www.paypal.com${path}`,
    `https://API.paypal.com${path}`,
    `https://api.paypal.com.${path}`,
    `https://api.paypal.com${path}?a=b`,
    `https://api.paypal.com${path}/../../x`,
    `https://api.paypal.com@evil.example${path}`,
    `https://10.0.0.1${path}`,
  ])('never fetches a certificate from %s', async (url) => {
    const result = await judge(paypal(paypalCall(signer.privateKey, { 'PAYPAL-CERT-URL': url })))
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/paypal-cert-url is not a certificate/),
    })
  })

  it.each([
    ['another algorithm', { 'PAYPAL-AUTH-ALGO': 'none' }, /is not SHA256withRSA/],
    ['a signature that is not base64', { 'PAYPAL-TRANSMISSION-SIG': '*' }, /no signature of a known kind/],
    [
      'an old time',
      { 'PAYPAL-TRANSMISSION-TIME': '2023-11-11T22:13:10Z' },
      /seconds old; the limit is 259200 seconds/,
    ],
    ['a repeated header', { 'paypal-cert-url': paypalCertificateUrl }, /was received 2 times/],
  ])('fails with a reason for %s', async (_, headers, reason) => {
    expect((await judge(paypal(paypalCall(signer.privateKey, headers)))).reason).toMatch(reason)
  })
})

describe('certificate of the provider', () => {
  const call = paypal(paypalCall(signer.privateKey))
  const withDates = (validFrom: string, validTo: string) => {
    const made = makeCertificate({ name: 'a', validFrom: new Date(validFrom), validTo: new Date(validTo) })
    return judge(paypal(paypalCall(made.privateKey)), made.pem)
  }

  it('fails when the certificate was not valid at the time of receipt', async () => {
    expect((await withDates('2020-01-01', '2023-01-01')).reason).toMatch(
      /was valid only until Jan {2}1 .*2023 GMT/,
    )
    expect((await withDates('2024-01-01', '2030-01-01')).reason).toMatch(
      /is valid only from Jan {2}1 .*2024 GMT/,
    )
    expect((await withDates('2023-01-01', '2023-12-01')).outcome).toBe('verified')
  })

  it('fails when a cached certificate has expired meanwhile', async () => {
    const made = makeCertificate({ name: 'a', validTo: new Date('2023-12-01') })
    const certificates = createCertificates(certificateAt({ [paypalCertificateUrl]: made.pem }))
    const of = (time: string, receivedAt: string) => ({
      ...paypal(paypalCall(made.privateKey, { 'PAYPAL-TRANSMISSION-TIME': time })),
      receivedAtMs: Date.parse(receivedAt),
    })
    expect((await verifyCertified(of('2023-11-30T00:00:00Z', '2023-11-30'), certificates)).reason).toMatch(
      /matches/,
    )
    expect((await verifyCertified(of('2023-12-02T00:00:00Z', '2023-12-02'), certificates)).reason).toMatch(
      /until/,
    )
  })

  it('returns pending for a temporary fetch error, else failed', async () => {
    const of = async (answers: Parameters<typeof certificateAt>[0]) =>
      verifyCertified(call, createCertificates(certificateAt(answers)))
    expect(await of({})).toMatchObject({
      outcome: 'failed',
      reason: 'The certificate could not be fetched: HTTP 404',
    })
    expect(await of({ [paypalCertificateUrl]: 503 })).toMatchObject({
      outcome: 'pending',
      reason: 'The certificate could not be fetched: HTTP 503',
    })
    expect(await of({ [paypalCertificateUrl]: 302 })).toMatchObject({ outcome: 'failed' })
    expect(await of({ [paypalCertificateUrl]: 'timeout' })).toMatchObject({ outcome: 'pending' })
    expect(await of({ [paypalCertificateUrl]: 'policy' })).toMatchObject({ outcome: 'failed' })
    expect(await of({ [paypalCertificateUrl]: '<html>' })).toMatchObject({
      outcome: 'failed',
      reason: 'The certificate is not in PEM format',
    })
  })

  it('fetches with a timeout and a size limit, without headers', async () => {
    const { send } = certificateAt({ [paypalCertificateUrl]: signer.pem })
    await verifyCertified(call, createCertificates({ send }))
    expect(send).toHaveBeenCalledExactlyOnceWith({
      tenant: 'certificates',
      method: 'GET',
      url: paypalCertificateUrl,
      headers: [],
      body: Buffer.alloc(0),
      timeoutMs: 5000,
      responseBytesMax: 65_536,
    })
  })
})

it('fetches nothing for a provider without certificates', async () => {
  const get = vi.fn()
  const bare = { ...paypal(paypalCall(signer.privateKey)), provider: 'github' as const }
  expect((await verifyCertified(bare, { get })).reason).toBe('The header x-hub-signature-256 is missing')
  expect(get).not.toHaveBeenCalled()
})
