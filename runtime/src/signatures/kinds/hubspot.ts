import { decoded, fromBase64, fromHex } from '../bytes.js'
import { hmacSha256, sha256OfSecretAnd } from '../judges.js'
import type { Scheme } from '../scheme.js'
import { inMilliseconds } from '../times.js'

/** Escapes that HubSpot decodes before it signs; other escapes stay. */
const undone = /%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

export function hubspotV3(): Scheme {
  const [header, time] = ['x-hubspot-signature-v3', 'x-hubspot-request-timestamp']
  return {
    header,
    alsoHeaders: [time],
    toleranceSeconds: 300,
    read: ({ header: value, method, url, body }) => {
      const plain = url.replace(undone, (escape) => decodeURIComponent(escape))
      return {
        signatures: decoded([value(header)!], '', fromBase64),
        contents: [...new Set([plain, url])].map((spelling) => [method, spelling, body, value(time)!]),
        timestampMs: inMilliseconds(value(time)!),
      }
    },
    judge: hmacSha256,
  }
}

/** Versions 1 and 2, for older apps and workflow actions. They have no timestamp. */
export function hubspotOld(): Scheme {
  const [header, version] = ['x-hubspot-signature', 'x-hubspot-signature-version']
  return {
    header,
    alsoHeaders: [version],
    read: ({ header: value, method, url, body }) => {
      const which = value(version)
      if (which !== 'v1' && which !== 'v2') return `The header ${version} must be v1 or v2`
      return {
        signatures: decoded([value(header)!], '', fromHex),
        contents: [which === 'v1' ? [body] : [method, url, body]],
      }
    },
    judge: sha256OfSecretAnd,
  }
}
