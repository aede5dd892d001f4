import { createHmac, randomBytes } from 'node:crypto'

/** Returns a secret of 32 random bytes in the format of Standard Webhooks: `whsec_` and base64. */
export const newSigningSecret = () => `whsec_${randomBytes(32).toString('base64')}`

interface SignedContent {
  id: string
  /** Seconds since the epoch. */
  timestamp: number
  body: Buffer
}

/**
 * Returns `v1,<base64>` for each secret, separated by spaces: HMAC-SHA256 over `id.timestamp.body` with the exact bytes
 * sent (standardwebhooks.com, specification, "Signature scheme"). During a rotation, the old and the new secret sign.
 */
export function signStandardWebhook(
  { id, timestamp, body }: SignedContent,
  secrets: readonly string[],
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
      return `v1,${digest}`
    })
    .join(' ')
}
