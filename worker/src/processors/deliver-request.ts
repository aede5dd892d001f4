import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { filterReason } from '@whook/drizzle/deliveries/decide-deliveries'
import type { AttemptRecord, DeliveryResult } from '@whook/drizzle/deliveries/record-attempts'
import type { FilterFailure } from '@whook/shared'
import type { Outcome, OutboundCall } from '@whook/runtime/outbound/guarded-client'
import { storableFailure } from '@whook/runtime/filter/storable-failure'
import { storableText } from '@whook/runtime/storable'
import { decide } from '@whook/shared/delivery-policy/decide'
import type { DestinationSign } from '../delivery/lanes.js'
import type { PreparedCall, PreparedSettings, SendableRequest } from '../delivery/parts.js'
import { storableLines, storablePairs } from '../delivery/storable-attempt.js'

interface DeliverRequestDeps {
  settings: (destinationId: string) => Promise<PreparedSettings | undefined>
  /** Runs `work` with the stored request, within the memory budget for bodies; with undefined when it was deleted. */
  withRequest: <T>(claim: Claim, work: (request: SendableRequest | undefined) => Promise<T>) => Promise<T>
  /**
   * Runs the transformation and builds the headers. Resolves to the HTTP request to send, or the reason not to send
   * it.
   */
  make: (claim: Claim, request: SendableRequest, settings: PreparedSettings) => Promise<PreparedCall>
  send: (call: OutboundCall) => Promise<Outcome>
  /** Resolves when the result is committed and its consequences are applied. */
  record: (result: DeliveryResult) => Promise<void>
  nowMs: () => number
  random: () => number
}

/**
 * load -> filter -> transform -> send -> judge -> record (and publish). One claimed delivery, one attempt. Calls
 * `attempted` when only recording is left.
 */
export const deliverRequest =
  (deps: DeliverRequestDeps) => async (claim: Claim, attempted: (sign: DestinationSign) => void) => {
    const result = await deps.withRequest(claim, async (request) => {
      const settings = await deps.settings(claim.destinationId)
      if (!settings || !request) return gone(claim, settings ? 'request' : 'destination')

      const kept = claim.skipFilter ? null : ((await settings.filterOut?.(request)) ?? null)
      if (kept) return filtered(claim, filterReason, kept)

      const made = await deps.make(claim, request, settings)
      if (made.kind === 'filtered') return filtered(claim, made.reason, null)

      const startedAt = deps.nowMs()
      const outcome = made.kind === 'call' ? await deps.send(made.call) : made
      const { retry: policy } = settings
      const decision = decide(outcome, { claim, policy, nowMs: deps.nowMs(), random: deps.random() })
      return toResult(claim, decision, toRecord(startedAt, settings.url, made, outcome, decision))
    })
    attempted(result.attempt?.statusCode === 410 ? 'gone' : result.health)
    await deps.record(result)
  }

const untried = (
  { id, destinationId, attempts, crashes, orderingValue }: Claim,
  status: 'filtered' | 'dead',
  reason: string,
  filterFailure: FilterFailure | null = null,
): DeliveryResult => ({
  id,
  destinationId,
  attempts,
  crashes,
  orderingValue,
  status,
  reason,
  filterFailure,
  delayMs: null,
  attempt: null,
  health: null,
})

const filtered = (claim: Claim, reason: string, failure: FilterFailure | null) =>
  untried(claim, 'filtered', storableText(reason), failure && storableFailure(failure))

const gone = (claim: Claim, what: string) => untried(claim, 'dead', `The ${what} was deleted`)

const toResult = (
  { id, destinationId, attempts, orderingValue }: Claim,
  { status, reason, delayMs, health, crashes }: ReturnType<typeof decide>,
  attempt: AttemptRecord,
): DeliveryResult => ({
  id,
  destinationId,
  attempts,
  crashes,
  orderingValue,
  status,
  reason: reason === null ? null : storableText(reason),
  filterFailure: null,
  delayMs,
  attempt,
  health,
})

function toRecord(
  startedAt: number,
  url: string,
  made: Exclude<PreparedCall, { kind: 'filtered' }>,
  outcome: Outcome | (PreparedCall & { kind: 'failed' }),
  { outcome: name, error }: ReturnType<typeof decide>,
): AttemptRecord {
  const call = made.kind === 'call' ? made.call : undefined
  const answer = outcome.kind === 'response' ? outcome : undefined
  return {
    startedAt: new Date(startedAt),
    durationMs: outcome.kind === 'failed' ? 0 : outcome.durationMs,
    outcome: name,
    statusCode: answer?.statusCode ?? null,
    error: error === null ? null : storableText(error),
    requestUrl: storableText(call?.url ?? url),
    requestMethod: call?.method ?? '',
    requestHeaders: storablePairs(call?.headers ?? []),
    requestBodySize: call?.body.length ?? 0,
    responseHeaders: storablePairs(answer?.headers ?? []),
    responseBody: answer && answer.body.length > 0 ? answer.body : null,
    responseBodySize: answer?.bodySize ?? 0,
    console: storableLines(made.console),
  }
}
