import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { filterReason } from '@whook/drizzle/queries/delivery/decide-deliveries'
import type { AttemptRecord, DeliveryResult } from '@whook/drizzle/queries/delivery/record-attempts'
import type { ConsoleLine, FilterFailure, HeaderPairs } from '@whook/shared'
import { clock } from '@whook/runtime/clock'
import { storableFailure } from '@whook/runtime/filter/storable-failure'
import type { GuardedClient, Outcome } from '@whook/runtime/outbound/guarded-client'
import { storableText } from '@whook/runtime/storable'
import { decide } from '@whook/shared/delivery-policy/decide'
import { buildOutboundRequest, type PreparedCall, type Transform } from './build-outbound-request.js'
import type { RequestLoader, SendableRequest } from './prefetch/request-loader.js'
import type { DestinationSign } from './prefetch/slots.js'
import type { SettingsCache } from './settings-cache.js'

interface AttemptParts {
  settings: Pick<SettingsCache, 'get'>
  requests: Pick<RequestLoader, 'withRequest'>
  transform: Transform
  client: Pick<GuardedClient, 'send'>
}

/**
 * Returns the function that makes one attempt of a claimed delivery: load -> filter -> transform -> send -> decide. It
 * returns the result to record. A failed receiver or script is a result; it throws only when PostgreSQL or this worker
 * fails.
 */
export function createAttempt({ settings, requests, transform, client }: AttemptParts) {
  const building = { transform, nowMs: clock.now }

  async function attemptWith(claim: Claim, request: SendableRequest | undefined): Promise<DeliveryResult> {
    const known = await settings.get(claim.destinationId)
    if (!known || !request) return gone(claim, known ? 'request' : 'destination')

    const failure = claim.skipFilter ? null : ((await known.filterOut?.(request)) ?? null)
    if (failure) return filtered(claim, filterReason, failure)

    const prepared = await buildOutboundRequest(claim, request, known, building)
    if (prepared.kind === 'filtered') return filtered(claim, prepared.reason, null)

    const startedAt = clock.now()
    const outcome = prepared.kind === 'call' ? await client.send(prepared.call) : prepared
    const { retry: policy } = known
    const decision = decide(outcome, { claim, policy, nowMs: clock.now(), random: Math.random() })
    return toResult(claim, decision, toRecord(startedAt, known.url, prepared, outcome, decision))
  }

  return (claim: Claim): Promise<DeliveryResult> =>
    requests.withRequest(claim, (request) => attemptWith(claim, request))
}

/** Returns the state of the destination as the result shows it, before the result is recorded. */
export const signOf = ({ attempt, health }: DeliveryResult): DestinationSign =>
  attempt?.statusCode === 410 ? 'gone' : health

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
  prepared: Exclude<PreparedCall, { kind: 'filtered' }>,
  outcome: Outcome | (PreparedCall & { kind: 'failed' }),
  { outcome: name, error }: ReturnType<typeof decide>,
): AttemptRecord {
  const call = prepared.kind === 'call' ? prepared.call : undefined
  const response = outcome.kind === 'response' ? outcome : undefined
  return {
    startedAt: new Date(startedAt),
    durationMs: outcome.kind === 'failed' ? 0 : outcome.durationMs,
    outcome: name,
    statusCode: response?.statusCode ?? null,
    error: error === null ? null : storableText(error),
    requestUrl: storableText(call?.url ?? url),
    requestMethod: call?.method ?? '',
    requestHeaders: storablePairs(call?.headers ?? []),
    requestBodySize: call?.body.length ?? 0,
    responseHeaders: storablePairs(response?.headers ?? []),
    responseBody: response && response.body.length > 0 ? response.body : null,
    responseBodySize: response?.bodySize ?? 0,
    console: storableLines(prepared.console),
  }
}

const storablePairs = (pairs: HeaderPairs): HeaderPairs =>
  pairs.map(([name, value]) => [storableText(name), storableText(value)])

const storableLines = (lines: ConsoleLine[]): ConsoleLine[] =>
  lines.map(({ level, text }) => ({ level, text: storableText(text) }))
