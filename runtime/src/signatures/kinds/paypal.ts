import { crc32 } from 'node:zlib'
import { decoded, fromBase64 } from '../bytes.js'
import { byCertificate } from '../judges.js'
import { isOwnAddress } from '../own-address.js'
import type { Scheme } from '../scheme.js'
import { inIsoTime } from '../times.js'

/** Events have a few kilobytes; what is larger is not kept in memory for a certificate. */
const bodyBytesMax = 2 * 1024 * 1024

const certificate = {
  host: /^api\.(sandbox\.)?paypal\.com$/,
  path: /^\/v1\/notifications\/certs\/[\w-]+$/,
}

/** Signs the id of the webhook at PayPal, which is what is set as the secret, and of the body a CRC-32. */
export function paypal(): Scheme {
  return {
    header: 'paypal-transmission-sig',
    alsoHeaders: [
      'paypal-transmission-id',
      'paypal-transmission-time',
      'paypal-cert-url',
      'paypal-auth-algo',
    ],
    // It sends again for three days, and does not say whether the time is renewed.
    toleranceSeconds: 72 * 3600,
    read: (call) => {
      const [id, time] = [call.header('paypal-transmission-id')!, call.header('paypal-transmission-time')!]
      if (call.body.length > bodyBytesMax) return 'The body is larger than any event of PayPal'
      const certificateUrl = call.header('paypal-cert-url')!
      if (!isOwnAddress(certificateUrl, certificate))
        return 'The header paypal-cert-url is no certificate at api.paypal.com or api.sandbox.paypal.com'
      if (call.header('paypal-auth-algo') !== 'SHA256withRSA')
        return 'The header paypal-auth-algo is not SHA256withRSA'
      return {
        signatures: decoded([call.header('paypal-transmission-sig')!], '', fromBase64),
        timestampMs: inIsoTime(time),
        certificateUrl,
        hash: 'sha256',
        contentFor: (webhookId) => [`${id}|${time}|${webhookId}|${crc32(call.body)}`],
      }
    },
    judge: byCertificate,
  }
}
