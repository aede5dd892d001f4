import { decoded, fromBase64 } from '../bytes.js'
import { ed25519Key, hmac, sameAs, signedByKey } from '../judges.js'
import type { Judge, Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

/**
 * Symmetric (`v1`, `whsec_`) and asymmetric (`v1a`, `whpk_`).
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooks(family: 'webhook' | 'svix'): Scheme {
  return {
    header: `${family}-signature`,
    alsoHeaders: [`${family}-id`, `${family}-timestamp`],
    toleranceSeconds: 300,
    read: (call) => {
      const [id, timestamp] = [call.header(`${family}-id`)!, call.header(`${family}-timestamp`)!]
      const versions = call.header(`${family}-signature`)!.split(' ')
      return {
        signatures: decoded(versions, /^v1a?,/, fromBase64),
        contents: [[`${id}.${timestamp}.`, call.body]],
        timestampMs: inSeconds(timestamp),
      }
    },
    judge,
  }
}

const judge: Judge = (secret, content) => {
  const bytes = Buffer.from(secret.replace(/^wh(sec|pk)_/, ''), 'base64')
  if (secret.startsWith('whpk_')) return signedByKey(ed25519Key(bytes), null, content)
  // A secret that is no base64 is an empty key, and anybody can sign with that one.
  return bytes.length > 0 ? sameAs(hmac('sha256', bytes, content)) : () => false
}
