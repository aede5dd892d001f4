/** A token bucket per key, forgotten when full again; `entriesMax` bounds the memory of many keys. */
export function createTokenBuckets({ now = Date.now, entriesMax = 50_000 } = {}) {
  const buckets = new Map<string, { tokens: number; at: number }>()

  /** 0 when one may go now, else seconds to wait. */
  return function take(key: string, perSecond: number, burst: number): number {
    const at = now()
    const bucket = buckets.get(key) ?? { tokens: burst, at }
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond)
    bucket.at = at
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > entriesMax) buckets.delete(buckets.keys().next().value!)
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond
    bucket.tokens--
    return 0
  }
}
