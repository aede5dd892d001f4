import type { DestinationSettings } from '@whook/drizzle/deliveries/load-settings'
import type { AttemptRecord, DeliveryResult } from '@whook/drizzle/deliveries/record-attempts'
import type { ConsoleLine, FilterFailure, HeaderPairs } from '@whook/shared'

/** A stored request, unpacked, with its exact bytes. */
export interface SendableRequest {
  id: string
  webhookId: string
  method: string
  path: string
  query: string
  headers: HeaderPairs
  body: Buffer
  receivedAt: Date
}

export interface PreparedSettings extends DestinationSettings {
  /** Answers why a request is kept back, or null to let it pass. */
  filterOut: ((request: SendableRequest) => FilterFailure | null) | null
  /** Standard Webhooks keys, opened, newest first. */
  signingSecrets: string[]
}

/** What is to happen after the transformation. */
export type Made =
  | { kind: 'filtered'; reason: string }
  /** Nothing goes out; the attempt says why. */
  | { kind: 'failed'; attempt: AttemptRecord }
  | { kind: 'send'; url: string; method: string; headers: HeaderPairs; body: Buffer; console: ConsoleLine[] }

export interface Verdict extends Pick<DeliveryResult, 'delayMs' | 'reason' | 'health'> {
  status: 'delivered' | 'retrying' | 'dead'
}
