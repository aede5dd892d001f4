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

  /** Upper bound, in milliseconds, of the bucket that holds this share of the values; 0 when there are none. */
  percentile(share: number): number {
    let left = this.#total * share
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index]!
      if (left <= 0) return this.#total === 0 ? 0 : 0.01 * 1.05 ** index
    }
    return 0.01 * 1.05 ** (this.#counts.length - 1)
  }
}
