import { fromBase64 } from '../bytes.js'
import { readFields } from '../json.js'
import { byCertificate } from '../judges.js'
import { isOwnAddress } from '../own-address.js'
import type { Scheme } from '../scheme.js'
import { inIsoTime } from '../times.js'

/** A message has at most 256 KiB. In a JSON string, each byte may need six. */
const bodyBytesMax = 2 * 1024 * 1024

/** Signed fields of each type, in this order. Only Subject may be missing. */
const confirmation = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
const signedFields = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', confirmation],
  ['UnsubscribeConfirmation', confirmation],
])
const fieldsRead = ['Subject', 'Signature', 'SignatureVersion', 'SigningCertURL', ...confirmation]
const hashes = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
] as const)

/**
 * Only a region between the dots: `sns.s3.amazonaws.com` and `sns.s3-us-west-2.amazonaws.com` are buckets with any
 * content of their owner.
 */
const host = /^sns\.[a-z]{2,4}(-[a-z]+)+-\d{1,2}\.amazonaws\.com(\.cn)?$/
/** Without a query: responses of the service may contain text of a caller. */
const certificate = { host, path: /^\/SimpleNotificationService-[\w-]+\.pem$/ }
const subscription = { host, path: /^\/\?/ }

export const isTopic = (text: string) =>
  /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(text)

/**
 * Amazon signs the fields, not the bytes. Every Amazon customer can get such signatures, so the secrets are the ARNs of
 * the allowed topics.
 */
export function amazonSns(): Scheme {
  return {
    header: 'x-amz-sns-message-type',
    alsoHeaders: ['x-amz-sns-message-id'],
    toleranceSeconds: 24 * 3600,
    read: (call) => {
      if (call.header('x-amz-sns-rawdelivery') === 'true')
        return 'Raw message delivery is on for the subscription, so Amazon does not sign. Turn it off'
      if (call.body.length > bodyBytesMax) return 'The body is larger than the limit of Amazon SNS'
      const values = readFields(call.body, ...fieldsRead.map((name) => [name]))
      const fields = new Map(fieldsRead.map((name, index) => [name, values[index]![0]]))
      const text = (name: string) => {
        const field = fields.get(name)
        return typeof field === 'string' ? field : undefined
      }
      const type = text('Type')
      const names = signedFields.get(type ?? '')
      if (!names) return 'The body is not a message of Amazon SNS'
      const parts = names.map((name) => [name, text(name)] as const)
      const missing = parts.find(([name, value]) => value === undefined && name !== 'Subject')
      if (missing) return `The body has no ${missing[0]}`
      if (text('MessageId') !== call.header('x-amz-sns-message-id'))
        return 'The header x-amz-sns-message-id differs from the MessageId of the body'
      const certificateUrl = text('SigningCertURL') ?? ''
      if (!isOwnAddress(certificateUrl, certificate))
        return 'The SigningCertURL is not a certificate at sns.<region>.amazonaws.com'
      const hash = hashes.get(text('SignatureVersion') as '1')
      if (!hash) return 'The SignatureVersion must be 1 or 2'
      const subscribeUrl = text('SubscribeURL') ?? ''
      const confirmUrl = type === 'SubscriptionConfirmation' ? subscribeUrl : undefined
      if (confirmUrl !== undefined && !isOwnAddress(confirmUrl, subscription))
        return 'The SubscribeURL is not at sns.<region>.amazonaws.com'

      const signature = fromBase64(text('Signature') ?? '')
      const content = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}\n${value}\n`]))
      return {
        signatures: signature ? [signature] : [],
        timestampMs: inIsoTime(text('Timestamp')!),
        certificateUrl,
        hash,
        contentFor: (topic) =>
          topic === text('TopicArn')
            ? content
            : 'The topic of the message is not one of the configured topics',
        confirmUrl,
      }
    },
    judge: byCertificate,
  }
}
