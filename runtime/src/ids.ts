import { randomBytes, randomFillSync } from 'node:crypto'
import { clock } from './clock.js'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Returns random base62 characters from the CSPRNG, without modulo bias. */
export function randomBase62(length: number): string {
  let out = ''
  while (out.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && out.length < length) out += alphabet[byte % 62]
    }
  }
  return out
}

export const newSlug = () => `wh_${randomBase62(22)}`

const pool = Buffer.allocUnsafe(10 * 1024)
let used = pool.length
let lastMs = 0
let sequence = 0

/**
 * In a burst, the ids run ahead of the clock by a few milliseconds; a new measurement of the database's clock shifts it by
 * less. A clock that is further behind was corrected, and the ids follow it.
 */
const aheadMsMax = 1000

/**
 * Returns a UUIDv7 (RFC 9562, section 6.2 method 1): 48 bits of milliseconds, a 12-bit counter that keeps ids of one
 * process in order within a millisecond, 62 random bits. The random bits keep ids unique when the clock moves back.
 */
export function newId(now = clock.now()): string {
  if (now > lastMs || now < lastMs - aheadMsMax) {
    lastMs = now
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs++
    sequence = 0
  }
  if (used + 8 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const random = pool.toString('hex', used, used + 8)
  used += 8
  return format(time, sequence.toString(16).padStart(3, '0'), random)
}

/** Returns the time of a UUIDv7 in milliseconds since the epoch. */
export const idTime = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

function format(time: string, middle: string, random: string) {
  const variant = ((parseInt(random.slice(0, 1), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${middle}-${variant}${random.slice(1, 4)}-${random.slice(4)}`
}
