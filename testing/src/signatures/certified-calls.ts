import { sign, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const topic = 'arn:aws:sns:eu-west-1:123456789012:orders'
export const snsCertificateUrl =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem'
export const subscribeUrl = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37`

/**
 * Order of the fields:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
const signed = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']

export interface Call {
  rawHeaders: string[]
  body: Buffer
}

/** Returns a request of Amazon SNS. `fields` are signed; `after` overwrites fields after signing. */
export function snsCall(
  key: KeyObject,
  fields: Record<string, string | undefined> = {},
  after: Record<string, unknown> = {},
): Call {
  const type = fields['Type'] ?? 'Notification'
  const message: Record<string, string | undefined> = {
    Type: type,
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: topic,
    Message: 'My first\nmessage ü',
    Timestamp: '2023-11-14T22:13:20.123Z',
    SignatureVersion: '2',
    SigningCertURL: snsCertificateUrl,
    ...(type === 'Notification' ? {} : { Token: '2336412f37', SubscribeURL: subscribeUrl }),
    ...fields,
  }
  const content = signed.flatMap((name) =>
    message[name] === undefined ? [] : [`${name}\n${message[name]}\n`],
  )
  const hash = message['SignatureVersion'] === '1' ? 'sha1' : 'sha256'
  const signature = sign(hash, Buffer.from(content.join('')), key).toString('base64')
  const unsubscribe =
    type === 'Notification' ? { UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?a' } : {}
  const body = JSON.stringify({ ...message, Signature: signature, ...unsubscribe, ...after }, null, 2)
  return {
    rawHeaders: [
      'x-amz-sns-message-type',
      type,
      'x-amz-sns-message-id',
      message['MessageId']!,
      'Content-Type',
      'text/plain; charset=UTF-8',
    ],
    body: Buffer.from(body),
  }
}

export const paypalWebhookId = '1JE4291016473214C'
export const paypalCertificateUrl =
  'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77'

/** Returns a request of PayPal: https://developer.paypal.com/api/rest/webhooks/rest */
export function paypalCall(key: KeyObject, headers: Record<string, string> = {}): Call {
  const body = Buffer.from('{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED","summary":"ü"}')
  const [id, time] = ['69cd13f0-d67a-11e5-baa3-778b53f4ae55', '2023-11-14T22:13:20Z']
  const content = `${id}|${time}|${paypalWebhookId}|${crc32(body)}`
  const all = {
    'PAYPAL-TRANSMISSION-ID': id,
    'PAYPAL-TRANSMISSION-TIME': time,
    'PAYPAL-TRANSMISSION-SIG': sign('sha256', Buffer.from(content), key).toString('base64'),
    'PAYPAL-CERT-URL': paypalCertificateUrl,
    'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
    ...headers,
  }
  return { rawHeaders: Object.entries(all).flat(), body }
}
