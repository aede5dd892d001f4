import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

declare const sealedFor: unique symbol

/** The column and row of a sealed secret. Only the functions of `secretContexts` create it. */
export type SecretContext = string & { readonly [sealedFor]: true }

/** One function for each column with sealed secrets. A stored secret opens only with the same text. */
export const secretContexts = {
  /** A signing secret of a destination. */
  signingSecret: (secretId: string) => `destination_secret:secret:${secretId}` as SecretContext,
  /** The secrets and the verify token of a webhook's provider. */
  verification: (webhookId: string) => `webhook:verification:${webhookId}` as SecretContext,
}

interface SecretBoxOptions {
  secretKey: string
  /** Earlier keys: they only open sealed values. */
  oldSecretKeys?: readonly string[]
}

/**
 * Seals secrets at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, as
 * `v1:<key id>:<nonce>:<ciphertext+tag>`. The context is authenticated too, so that a sealed value copied to another row
 * does not open.
 */
export function createSecretBox({ secretKey, oldSecretKeys = [] }: SecretBoxOptions) {
  const current = deriveKey(secretKey)
  const keys = new Map([current, ...oldSecretKeys.map(deriveKey)].map((key) => [key.id, key]))

  return {
    seal(context: SecretContext, text: string): string {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return ['v1', current.id, nonce.toString('base64url'), sealed.toString('base64url')].join(':')
    },
    /** Throws UnknownKeyError for an unknown key, and Error when the context differs or a bit was changed. */
    open(context: SecretContext, sealed: string): string {
      const [version, keyId, nonce, bytes] = sealed.split(':')
      const key = keys.get(keyId ?? '')
      if (version !== 'v1' || !key || !nonce || !bytes) {
        throw new UnknownKeyError(
          'A stored secret was sealed with a SECRET_KEY that is not configured; add it to SECRET_KEYS_OLD',
        )
      }
      const all = Buffer.from(bytes, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(nonce, 'base64url'))
        .setAAD(Buffer.from(context))
        .setAuthTag(all.subarray(-16))
      return Buffer.concat([decipher.update(all.subarray(0, -16)), decipher.final()]).toString('utf8')
    },
    /** Prefix of all values sealed with the current key. */
    prefix: `v1:${current.id}:`,
    /** Returns true when an old key sealed the value. */
    isStale: (sealed: string) => sealed.split(':')[1] !== current.id,
  }
}

export type SecretBox = ReturnType<typeof createSecretBox>

export class UnknownKeyError extends Error {}

function deriveKey(secret: string) {
  const bytes = Buffer.from(hkdfSync('sha256', secret, 'whook', 'secrets at rest', 32))
  return { bytes, id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8) }
}
