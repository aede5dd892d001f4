import { signingSecretPlace, type DestinationSettings } from '@whook/drizzle/deliveries/load-settings'
import type { Filter } from '@whook/shared'
import type { SecretBox } from '@whook/shared/server/secrets'
import type { PreparedSettings } from './parts.js'

interface Deps {
  compile: (filter: Filter) => PreparedSettings['filterOut']
  secrets: Pick<SecretBox, 'open'>
}

/** Opens the secrets and compiles the filter once for many deliveries. What cannot be is told in their attempts. */
export const createPrepareSettings =
  ({ compile, secrets }: Deps) =>
  (row: DestinationSettings): PreparedSettings => {
    try {
      return {
        ...row,
        filterOut: row.filter && compile(row.filter),
        signingSecrets: row.secrets.map(({ id, secret }) => secrets.open(signingSecretPlace(id), secret)),
        problem: null,
      }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return { ...row, filterOut: null, signingSecrets: [], problem }
    }
  }
