import type { VerificationProvider } from '@whook/shared'
import { fromHex } from './bytes.js'
import { isTopic } from './kinds/amazon-sns.js'
import { standardKeys } from './kinds/standard-webhooks.js'
import { ed25519Key, spkiKey } from './judges.js'

const faults: Partial<Record<VerificationProvider, (secret: string) => string | undefined>> = {
  standard: (secret) => {
    const [key] = standardKeys(secret)
    if (!key) return 'is not base64 after whsec_ or whpk_'
    if (/^(?:v1a,)?whpk_/.test(secret) && key.length !== 32) return 'is not an ed25519 public key of 32 bytes'
    return undefined
  },
  'amazon-sns': (secret) =>
    isTopic(secret) ? undefined : 'is not a topic ARN (example: arn:aws:sns:eu-west-1:123456789012:orders)',
  paypal: (secret) => (/^[\w-]+$/.test(secret) ? undefined : 'is not a Webhook ID: letters and digits'),
  discord: (secret) =>
    ed25519Key(fromHex(secret))
      ? undefined
      : 'is not a public key: 64 hexadecimal digits, from General Information',
  sendgrid: (secret) =>
    spkiKey(secret)
      ? undefined
      : 'is not a verification key: base64 that begins with MFkw, from Mail Settings',
}

/** Returns an error when no request can be verified with this secret; else undefined. */
export const secretFault = (provider: VerificationProvider, secret: string): string | undefined =>
  faults[provider]?.(secret)
