/** Upper bounds in milliseconds of the latency histogram of `destination_minute`; one more bucket holds what is slower. */
export const latencyBuckets = [
  5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000,
  30_000, 60_000,
] as const

/** The value below which `quantile` (0-1) of the counted attempts stay: the bucket's upper bound, or null for none. */
export function latencyQuantile(counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  const bucket = counts.findIndex((count) => (seen += count) >= total * quantile)
  return latencyBuckets[bucket] ?? latencyBuckets.at(-1)!
}
