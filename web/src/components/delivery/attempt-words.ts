import type { Attempt, AttemptOutcome } from '@whook/shared'

/** Outcomes of attempts that end before the first byte of the request is sent. */
const unsent: ReadonlySet<AttemptOutcome> = new Set(['script', 'policy', 'dns', 'connect', 'tls'])

/** Returns whether the attempt has a request to show. A "crashed" attempt has none: its worker did not record it. */
export const hasRequest = ({ outcome, requestMethod }: Pick<Attempt, 'outcome' | 'requestMethod'>) =>
  requestMethod !== '' && !unsent.has(outcome)

/** Returns why an attempt has no response, or the error of its response; undefined when it has no error. */
export function failureWords({
  outcome,
  statusCode,
  error,
}: Pick<Attempt, 'outcome' | 'statusCode' | 'error'>): string | undefined {
  if (statusCode !== null) return error ?? undefined
  return `${unsent.has(outcome) ? 'Nothing was sent' : 'No response'}: ${error ?? outcome}`
}
