import type { Metrics } from '../metrics.js'
import type { Transform } from './parts.js'

/** Wraps a transform: counts each run by its result. */
export const counted =
  (transform: Transform, metrics: Pick<Metrics, 'scriptRan'>): Transform =>
  async (job) => {
    const result = await transform(job)
    if (result.kind !== 'error') metrics.scriptRan(result.kind === 'output' ? 'returned' : 'filtered')
    else metrics.scriptRan(result.error.kind === 'crash' ? 'crashed' : 'failed')
    return result
  }
