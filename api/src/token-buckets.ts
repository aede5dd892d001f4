import { isIPv6 } from 'node:net'
import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { monotonicMs } from '@whook/runtime/clock'

interface TokenBucket {
  tokens: number
  /** Monotonic milliseconds of the last change. */
  at: number
}

/** Returns a rate limiter with one token bucket per key. It keeps the `entriesMax` keys that were used last. */
export function createTokenBuckets({ now = monotonicMs, entriesMax = 50_000 } = {}) {
  const buckets = createBoundedCache<string, TokenBucket>({ entriesMax })

  function addFull(key: string, burst: number, at: number): TokenBucket {
    const bucket = { tokens: burst, at }
    buckets.set(key, bucket)
    return bucket
  }

  /** Takes a token and returns 0, or returns the seconds until the next token. */
  function take(key: string, perSecond: number, burst: number): number {
    const at = now()
    const bucket = buckets.use(key) ?? addFull(key, burst, at)
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond)
    bucket.at = at
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond
    bucket.tokens--
    return 0
  }

  /** Returns the seconds until the next token without taking one; 0 when one is available. */
  take.wait = (key: string, perSecond: number): number => {
    const bucket = buckets.peek(key)
    if (!bucket) return 0
    const tokens = bucket.tokens + ((now() - bucket.at) / 1000) * perSecond
    return tokens < 1 ? (1 - tokens) / perSecond : 0
  }
  return take
}

export type TakeToken = ReturnType<typeof createTokenBuckets>

/**
 * Returns the key under which a client is counted: an IPv4 address, or the /64 of an IPv6 address, because one customer
 * has a whole /64.
 */
export function callerOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head, tail] = address.split('%')[0]!.split('::') as [string, string?]
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const [front, back] = [groups(head), groups(tail)]
  const missing = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const all = [...front, ...Array<string>(missing).fill('0'), ...back]
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
