import { createHash, timingSafeEqual } from 'node:crypto'

/** In constant time, also for different lengths. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

/** The bytes of a hexadecimal signature, or undefined when it is none. */
export const fromHex = (text: string): Buffer | undefined =>
  /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined

/** The bytes of a canonical base64 signature: one spelling per signature, or it is none. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined
}

/** The bytes of a signature in base64 or base64url (RFC 4648), with or without padding. */
export function fromAnyBase64(text: string): Buffer | undefined {
  const plain = text.replace(/={1,2}$/, '')
  const bytes = Buffer.from(plain, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === plain.replaceAll('+', '-').replaceAll('/', '_')
    ? bytes
    : undefined
}

export type Decode = (text: string) => Buffer | undefined

/** The signatures of the wanted kind; others (older versions, other algorithms) are passed over. */
export function decoded(items: readonly string[], prefix: string | RegExp, decode: Decode): Buffer[] {
  return items.flatMap((item) => {
    if (typeof prefix === 'string' && !item.startsWith(prefix)) return []
    const bytes = decode(typeof prefix === 'string' ? item.slice(prefix.length) : item.replace(prefix, ''))
    return bytes ? [bytes] : []
  })
}
