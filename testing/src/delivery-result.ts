import { clock } from '@whook/runtime/clock'
import type { DeliveryResult } from '@whook/drizzle/queries/delivery/record-attempts'

interface ClaimedDelivery {
  deliveryId: string
  destination: { id: string }
}

/** Returns the result that a worker records after a 200, changed by `overrides`. */
export function deliveryResult(
  { deliveryId, destination }: ClaimedDelivery,
  {
    attempt,
    ...overrides
  }: Partial<Omit<DeliveryResult, 'attempt'>> & { attempt?: Partial<DeliveryResult['attempt']> } = {},
): DeliveryResult {
  return {
    id: deliveryId,
    destinationId: destination.id,
    attempts: 0,
    crashes: 0,
    status: 'delivered',
    delayMs: null,
    reason: null,
    filterFailure: null,
    health: 'up',
    orderingValue: null,
    ...overrides,
    attempt: {
      startedAt: new Date(clock.now()),
      durationMs: 12,
      outcome: 'delivered',
      statusCode: 200,
      error: null,
      requestUrl: 'http://127.0.0.1:9/',
      requestMethod: 'POST',
      requestHeaders: [['content-type', 'application/json']],
      requestBodySize: 7,
      responseHeaders: [['x-answer', 'yes']],
      responseBody: Buffer.from('ok'),
      responseBodySize: 2,
      console: [],
      ...attempt,
    },
  }
}
