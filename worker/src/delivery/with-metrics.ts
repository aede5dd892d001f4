import type { Metrics } from '../metrics.js'
import type { Transform } from './build-outbound-request.js'

/** Returns the transform with a metric: it counts each run by its result. */
export const withMetrics =
  (transform: Transform, metrics: Pick<Metrics, 'scriptRan'>): Transform =>
  async (job) => {
    const result = await transform(job)
    if (result.kind !== 'error') metrics.scriptRan(result.kind === 'output' ? 'returned' : 'filtered')
    else metrics.scriptRan(result.error.kind === 'crash' ? 'crashed' : 'failed')
    return result
  }
