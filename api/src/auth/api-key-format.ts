import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { randomBase62 } from '@whook/runtime/ids'

const pattern = /^whk_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Returns `whk_`, 30 base62 characters and a CRC-32 of 6, as GitHub's tokens. A mistyped key costs no query. */
export function newApiKey(): string {
  const secret = randomBase62(30)
  return `whk_${secret}${checksum(secret)}`
}

export function isApiKey(key: string): boolean {
  const match = pattern.exec(key)
  return match !== null && checksum(match[1]!) === match[2]
}

/** SHA-256 is enough: a key has 178 random bits, so a slow hash adds nothing. */
export const hashApiKey = (key: string) => createHash('sha256').update(key).digest()

function checksum(secret: string): string {
  let rest = crc32(secret)
  let out = ''
  for (let i = 0; i < 6; i++) {
    out = alphabet[rest % 62] + out
    rest = Math.floor(rest / 62)
  }
  return out
}
