import type { Attempt, AttemptOutcome } from '@whook/shared'

/** Outcomes of attempts that end before any byte of the request is sent. */
const unsent: ReadonlySet<AttemptOutcome> = new Set(['script', 'policy', 'dns', 'connect', 'tls'])

/** Whether the attempt has a request to show: one that a worker left behind ("crashed") has none on record. */
export const hasRequest = ({ outcome, requestMethod }: Pick<Attempt, 'outcome' | 'requestMethod'>) =>
  requestMethod !== '' && !unsent.has(outcome)

/** Why there is no response, or what is wrong with it; undefined for a response without a fault. */
export function failureWords({
  outcome,
  statusCode,
  error,
}: Pick<Attempt, 'outcome' | 'statusCode' | 'error'>): string | undefined {
  if (statusCode !== null) return error ?? undefined
  return `${unsent.has(outcome) ? 'Nothing was sent' : 'No response'}: ${error ?? outcome}`
}
