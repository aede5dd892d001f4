import { createHash, createHmac, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { fromHex, sameBytes } from './bytes.js'
import type { Content, Judge } from './scheme.js'

export const hmacSha256: Judge = (secret, content) => sameAs(hmac('sha256', secret, content))
export const hmacSha1: Judge = (secret, content) => sameAs(hmac('sha1', secret, content))

/** SHA-256 of the secret and the content, for older versions of HubSpot. */
export const sha256OfSecretAnd: Judge = (secret, content) => {
  const hash = createHash('sha256').update(secret)
  for (const part of content) hash.update(part)
  return sameAs(hash.digest())
}

export const secretItself: Judge = (secret) => sameAs(Buffer.from(secret))

/** The secret is the sender's public key: 32 bytes in hexadecimal. */
export const ed25519: Judge = (secret, content) => signedByKey(ed25519Key(fromHex(secret)), null, content)

/** The secret is the sender's public key: SPKI, DER, base64. Signatures are DER. */
export const ecdsaSha256: Judge = (secret, content) => signedByKey(spkiKey(secret), 'sha256', content)

export function hmac(algorithm: 'sha1' | 'sha256', key: string | Buffer, content: Content): Buffer {
  const mac = createHmac(algorithm, key)
  for (const part of content) mac.update(part)
  return mac.digest()
}

export const sameAs = (made: Buffer) => (signature: Buffer) => sameBytes(made, signature)

/** The key is in a certificate, so the secret alone verifies nothing. See verifyCertified. */
export const byCertificate: Judge = () => () => false

/** A rotation needs two keys. Each check hashes the whole body again, unlike an HMAC. */
const keyChecksMax = 3

/** Returns false for a missing key, and for an ed25519 signature without exactly 64 bytes. */
export function signedByKey(key: KeyObject | undefined, hash: 'sha1' | 'sha256' | null, content: Content) {
  const bytes = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  let checks = 0
  return (signature: Buffer) => {
    if (key === undefined || (hash === null && signature.length !== 64)) return false
    return checks++ < keyChecksMax && verify(hash, bytes, key, signature)
  }
}

const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex')

export function ed25519Key(raw: Buffer | undefined): KeyObject | undefined {
  return raw?.length === 32 ? publicKey(Buffer.concat([ed25519Prefix, raw])) : undefined
}

export function spkiKey(base64: string): KeyObject | undefined {
  const key = publicKey(Buffer.from(base64, 'base64'))
  return key?.asymmetricKeyType === 'ec' ? key : undefined
}

function publicKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}
