import { createHmac, randomBytes } from 'node:crypto'

/** 32 random bytes as Standard Webhooks writes them: `whsec_` and base64. */
export const newSigningSecret = () => `whsec_${randomBytes(32).toString('base64')}`

interface Signed {
  id: string
  /** Seconds since the epoch. */
  timestamp: number
  body: Buffer
}

/**
 * `v1,<base64>` for each secret, separated by spaces: HMAC-SHA256 over `id.timestamp.body`, the exact bytes sent
 * (standardwebhooks.com, specification, "Signature scheme"). While a rotation overlaps, old and new both sign.
 */
export function signStandardWebhook({ id, timestamp, body }: Signed, secrets: readonly string[]): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
      return `v1,${digest}`
    })
    .join(' ')
}
