import { crc32 } from 'node:zlib'
import { decoded, fromBase64 } from '../bytes.js'
import { byCertificate } from '../judges.js'
import { isOwnAddress } from '../own-address.js'
import type { Scheme } from '../scheme.js'
import { inIsoTime } from '../times.js'

/** Events have a few kilobytes. Larger bodies are not kept in memory while the certificate is fetched. */
const bodyBytesMax = 2 * 1024 * 1024

const certificate = {
  host: /^api\.(sandbox\.)?paypal\.com$/,
  path: /^\/v1\/notifications\/certs\/[\w-]+$/,
}

/** PayPal signs its id of the webhook, which is the configured secret, and the CRC-32 of the body. */
export function paypal(): Scheme {
  return {
    header: 'paypal-transmission-sig',
    alsoHeaders: [
      'paypal-transmission-id',
      'paypal-transmission-time',
      'paypal-cert-url',
      'paypal-auth-algo',
    ],
    // PayPal retries for three days, and does not document whether a retry has a new timestamp.
    toleranceSeconds: 72 * 3600,
    read: (call) => {
      const [id, time] = [call.header('paypal-transmission-id')!, call.header('paypal-transmission-time')!]
      if (call.body.length > bodyBytesMax) return 'The body is larger than the events of PayPal'
      const certificateUrl = call.header('paypal-cert-url')!
      if (!isOwnAddress(certificateUrl, certificate))
        return 'The header paypal-cert-url is not a certificate at api.paypal.com or api.sandbox.paypal.com'
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
