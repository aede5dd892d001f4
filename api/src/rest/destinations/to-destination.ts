import type { SecretRow } from '@whook/drizzle/queries/destination-secret/list-secrets'
import type { DestinationStateRow } from '@whook/drizzle/queries/destination-state/list-states'
import type { DestinationRow } from '@whook/drizzle/queries/destination/find-destination'
import type { DestinationDay } from '@whook/drizzle/queries/destination/read-day'
import type { Destination, DestinationHealth } from '@whook/shared'
import { latencyQuantile } from '@whook/runtime/latency-buckets'
import { domainToUnicode } from 'node:url'

export function toDestination(
  row: DestinationRow,
  secrets: SecretRow[],
  health: DestinationHealth,
): Destination {
  const host = new URL(row.url).hostname
  const unicode = domainToUnicode(host)
  const { createdAt, ...settings } = row
  return {
    ...settings,
    displayHost: unicode && unicode !== host ? unicode : null,
    secrets: secrets.map(({ id, createdAt, expiresAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    health,
    createdAt: createdAt.toISOString(),
  }
}

export function toHealth(
  state: DestinationStateRow | undefined,
  day: DestinationDay | undefined,
): DestinationHealth {
  const latency = day?.latency ?? []
  return {
    circuit: state?.circuit ?? 'closed',
    circuitOpenUntil: state?.circuitOpenUntil?.toISOString() ?? null,
    consecutiveFailures: state?.consecutiveFailures ?? 0,
    lastSuccessAt: state?.lastSuccessAt?.toISOString() ?? null,
    lastFailureAt: state?.lastFailureAt?.toISOString() ?? null,
    lastStatusCode: state?.lastStatusCode ?? null,
    lastError: state?.lastError ?? null,
    delivered: day?.delivered ?? 0,
    failed: day?.failed ?? 0,
    waiting: day?.waiting ?? 0,
    p50Ms: latencyQuantile(latency, 0.5),
    p95Ms: latencyQuantile(latency, 0.95),
  }
}
