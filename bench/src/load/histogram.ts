/** Latencies in buckets that grow by 5 %, from 10 microseconds to about a minute: constant memory, 5 % error. */
export class Histogram {
  readonly #counts = new Float64Array(330)
  #total = 0

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, 0.01) / 0.01) / Math.log(1.05))
    const index = Math.min(bucket, this.#counts.length - 1)
    this.#counts[index] = this.#counts[index]! + 1
    this.#total++
  }

  get count(): number {
    return this.#total
  }

  /** Returns the percentile in milliseconds, interpolated within a bucket; 0 without values. */
  percentile(share: number): number {
    if (this.#total === 0) return 0
    let left = this.#total * share
    for (const [index, count] of this.#counts.entries()) {
      if (count > 0 && left <= count) return 0.01 * 1.05 ** (index - 1 + left / count)
      left -= count
    }
    return 0.01 * 1.05 ** (this.#counts.length - 1)
  }
}
