import type { DestinationSettings } from '@whook/drizzle/queries/destination/load-settings'
import type { Filter, FilterFailure } from '@whook/shared'
import { createBreather } from '@whook/runtime/breather'
import { compiledFilter } from '@whook/runtime/filter/filter-cache'
import { createFilterInput } from '@whook/runtime/filter/filter-input'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import type { SendableRequest } from './prefetch/request-loader.js'

export interface PreparedSettings extends DestinationSettings {
  /** Resolves to null when the request passes the filter, otherwise to the failed condition. */
  filterOut: ((request: SendableRequest) => Promise<FilterFailure | null>) | null
  /** Decrypted Standard Webhooks keys, newest first. */
  signingSecrets: string[]
  /**
   * The configuration error that prevents sending, such as a secret sealed with an unknown key; null when there is
   * none.
   */
  problem: string | null
}

/**
 * One per process: filters on a burst of large bodies must not delay the renewal of leases and the recording of
 * attempts.
 */
const breathe = createBreather()

/** Decrypts the secrets and compiles the filter once for many deliveries. A failure is returned as `problem`. */
export function prepareSettings(
  row: DestinationSettings,
  secrets: Pick<SecretBox, 'open'>,
): PreparedSettings {
  try {
    return {
      ...row,
      filterOut: row.filter && compiled(row.filter),
      signingSecrets: row.secrets.map(({ id, secret }) =>
        secrets.open(secretContexts.signingSecret(id), secret),
      ),
      problem: null,
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { ...row, filterOut: null, signingSecrets: [], problem }
  }
}

function compiled(filter: Filter): PreparedSettings['filterOut'] {
  const result = compiledFilter(JSON.stringify(filter))
  if (!result.ok) throw new Error(`The filter is not valid: ${result.errors[0]?.message}`)
  return async (request) => {
    const input = createFilterInput(request)
    await result.prepare(input)
    const verdict = await breathe(() => result.test(input))
    return verdict.passed ? null : verdict.failure
  }
}
