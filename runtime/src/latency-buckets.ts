/** Upper bounds in milliseconds of the latency histogram of `destination_minute`. One more bucket counts slower attempts. */
export const latencyBuckets = [
  5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000,
  30_000, 60_000,
] as const

/**
 * Returns the latency in milliseconds at `quantile` (0-1) of the counted attempts, or null without attempts. Assumes evenly
 * distributed values within a bucket, so the error is at most the width of the bucket.
 */
export function latencyQuantile(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const wanted = total * quantile
  let below = 0
  for (const [bucket, upper] of latencyBuckets.entries()) {
    const count = counts[bucket] ?? 0
    if (count > 0 && below + count >= wanted) {
      const lower = latencyBuckets[bucket - 1] ?? 0
      return Math.round(lower + ((upper - lower) * (wanted - below)) / count)
    }
    below += count
  }
  return latencyBuckets.at(-1)!
}
