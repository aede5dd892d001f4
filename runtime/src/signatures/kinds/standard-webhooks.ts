import { decoded, fromBase64 } from '../bytes.js'
import { ed25519Key, hmac, sameAs, signedByKey } from '../judges.js'
import type { Judge, Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

/**
 * Symmetric (`v1`, `whsec_`) and asymmetric (`v1a`, `whpk_`) signatures.
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
  if (/^(?:v1a,)?whpk_/.test(secret)) return signedByKey(ed25519Key(standardKeys(secret)[0]), null, content)
  // Compute the HMACs of all keys before the first comparison.
  const judges = standardKeys(secret).map((key) => sameAs(hmac('sha256', key, content)))
  return (signature) => judges.some((matches) => matches(signature))
}

/**
 * Returns the possible keys of a secret. With its prefix it is base64; Supabase shows it after `v1,`. Without a prefix some
 * senders sign with the decoded bytes, others, such as Polar, with the characters. Empty keys are removed: every sender can
 * sign with an empty key.
 */
export function standardKeys(secret: string): Buffer[] {
  const [, prefix, rest] = /^(?:v1a?,)?(wh(?:sec|pk)_)?(.*)$/s.exec(secret)!
  const decodedKey = Buffer.from(rest!, 'base64')
  return [decodedKey, ...(prefix ? [] : [Buffer.from(secret)])].filter(({ length }) => length > 0)
}
