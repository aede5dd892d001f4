import { fromBase64 } from '../bytes.js'
import { readFields } from '../json.js'
import { byCertificate } from '../judges.js'
import { isOwnAddress } from '../own-address.js'
import type { Scheme } from '../scheme.js'
import { inIsoTime } from '../times.js'

/** A message has 256 KiB at most; as a JSON string each of its bytes may take six. */
const bodyBytesMax = 2 * 1024 * 1024

/** Of each type, what is signed, in this order. Only Subject may be missing. */
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
 * A region and nothing else between the dots: `sns.s3.amazonaws.com` and `sns.s3-us-west-2.amazonaws.com` are buckets,
 * with whatever their owner put there.
 */
const host = /^sns\.[a-z]{2,4}(-[a-z]+)+-\d{1,2}\.amazonaws\.com(\.cn)?$/
/** No query: the service's own answers may carry a caller's words. */
const certificate = { host, path: /^\/SimpleNotificationService-[\w-]+\.pem$/ }
const subscription = { host, path: /^\/\?/ }

export const isTopic = (text: string) =>
  /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(text)

/**
 * The fields are signed, not the bytes. Whoever has an account at Amazon gets its signature, so the secrets are the
 * topics that may call.
 */
export function amazonSns(): Scheme {
  return {
    header: 'x-amz-sns-message-type',
    alsoHeaders: ['x-amz-sns-message-id'],
    toleranceSeconds: 24 * 3600,
    read: (call) => {
      if (call.header('x-amz-sns-rawdelivery') === 'true')
        return 'Raw message delivery is on for the subscription: Amazon signs nothing then'
      if (call.body.length > bodyBytesMax) return 'The body is larger than any message of Amazon SNS'
      const values = readFields(call.body, ...fieldsRead.map((name) => [name]))
      const fields = new Map(fieldsRead.map((name, index) => [name, values[index]![0]]))
      const text = (name: string) => {
        const field = fields.get(name)
        return typeof field === 'string' ? field : undefined
      }
      const type = text('Type')
      const names = signedFields.get(type ?? '')
      if (!names) return 'The body is no message of Amazon SNS'
      const parts = names.map((name) => [name, text(name)] as const)
      const missing = parts.find(([name, value]) => value === undefined && name !== 'Subject')
      if (missing) return `The body has no ${missing[0]}`
      if (text('MessageId') !== call.header('x-amz-sns-message-id'))
        return 'The header x-amz-sns-message-id names another message than the body'
      const certificateUrl = text('SigningCertURL') ?? ''
      if (!isOwnAddress(certificateUrl, certificate))
        return 'The SigningCertURL is no certificate at sns.<region>.amazonaws.com'
      const hash = hashes.get(text('SignatureVersion') as '1')
      if (!hash) return 'The SignatureVersion is neither 1 nor 2'
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
          topic === text('TopicArn') ? content : 'It is of a topic that is not among those set',
        confirmUrl,
      }
    },
    judge: byCertificate,
  }
}
