import type { AttemptRecord, DeliveryResult } from '@whook/drizzle/deliveries/record-attempts'
import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import type { FilterFailure } from '@whook/shared'
import type { Made, PreparedSettings, SendableRequest, Verdict } from '../delivery/parts.js'

/** Only what this processor touches; the composition root passes more than enough. */
interface Deps {
  settings: (destinationId: string) => Promise<PreparedSettings | undefined>
  /** Runs `work` with the stored request while its body is within the worker's memory; undefined when it is gone. */
  withRequest: <T>(id: string, work: (request: SendableRequest | undefined) => Promise<T>) => Promise<T>
  /** Transformation and headers: what is to be sent, or why not. */
  make: (claim: Claim, request: SendableRequest, settings: PreparedSettings) => Promise<Made>
  send: (made: Made & { kind: 'send' }, settings: PreparedSettings) => Promise<AttemptRecord>
  judge: (attempt: AttemptRecord, claim: Claim, settings: PreparedSettings) => Verdict
  /** Resolves when it is committed; tells it afterwards. */
  record: (result: DeliveryResult) => Promise<void>
}

/** load -> filter -> transform -> send -> judge -> record (and tell). One claimed delivery, one attempt. */
export const deliverRequest = (deps: Deps) => async (claim: Claim) => {
  const settings = await deps.settings(claim.destinationId)
  const result = await deps.withRequest(claim.requestId, async (request) => {
    if (!settings || !request) return gone(claim, settings ? 'request' : 'destination')

    const kept = claim.skipFilter ? null : (settings.filterOut?.(request) ?? null)
    if (kept) return filtered(claim, 'The filter did not match', kept)

    const made = await deps.make(claim, request, settings)
    if (made.kind === 'filtered') return filtered(claim, made.reason, null)

    const attempt = made.kind === 'failed' ? made.attempt : await deps.send(made, settings)
    return judged(claim, attempt, deps.judge(attempt, claim, settings))
  })
  await deps.record(result)
}

const base = ({ id, destinationId, attempts, crashes, orderingValue }: Claim) => ({
  id,
  destinationId,
  attempts,
  crashes,
  orderingValue,
  delayMs: null,
  filterFailure: null,
  attempt: null,
  health: null,
})

const filtered = (claim: Claim, reason: string, filterFailure: FilterFailure | null): DeliveryResult => ({
  ...base(claim),
  status: 'filtered',
  reason,
  filterFailure,
})

const gone = (claim: Claim, what: string): DeliveryResult => ({
  ...base(claim),
  status: 'dead',
  reason: `The ${what} is no longer there`,
})

const judged = (claim: Claim, attempt: AttemptRecord, verdict: Verdict): DeliveryResult => ({
  ...base(claim),
  status: verdict.status,
  delayMs: verdict.delayMs,
  reason: verdict.reason,
  health: verdict.health,
  // A run of crashes ends with the first try that does not crash.
  crashes: attempt.outcome === 'crashed' ? claim.crashes + 1 : 0,
  attempt,
})
