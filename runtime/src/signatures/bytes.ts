import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in constant time, also for different lengths. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

/** Returns the bytes of a hexadecimal signature, or undefined when it is not hexadecimal. */
export const fromHex = (text: string): Buffer | undefined =>
  /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined

/** Returns the bytes of a signature in canonical base64, or undefined for other spellings. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined
}

/** Returns the bytes of a signature in base64 or base64url (RFC 4648), with or without padding, or undefined. */
export function fromAnyBase64(text: string): Buffer | undefined {
  const plain = text.replace(/={1,2}$/, '')
  const bytes = Buffer.from(plain, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === plain.replaceAll('+', '-').replaceAll('/', '_')
    ? bytes
    : undefined
}

export type Decode = (text: string) => Buffer | undefined

/** Returns the signatures with the prefix, decoded. Skips others (older versions, other algorithms). */
export function decoded(items: readonly string[], prefix: string | RegExp, decode: Decode): Buffer[] {
  return items.flatMap((item) => {
    if (typeof prefix === 'string' && !item.startsWith(prefix)) return []
    const bytes = decode(typeof prefix === 'string' ? item.slice(prefix.length) : item.replace(prefix, ''))
    return bytes ? [bytes] : []
  })
}
