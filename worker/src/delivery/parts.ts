import type { DestinationSettings } from '@whook/drizzle/deliveries/load-settings'
import type { ConsoleLine, FilterFailure, HeaderPairs, VerificationOutcome } from '@whook/shared'
import type { OutboundCall } from '@whook/runtime/outbound/guarded-client'
import type { Sandbox } from '@whook/runtime/sandbox/sandbox'

/** A stored request, unpacked, with its exact bytes. */
export interface SendableRequest {
  id: string
  webhookId: string
  method: string
  path: string
  query: string
  verification: VerificationOutcome
  headers: HeaderPairs
  body: Buffer
}

export interface PreparedSettings extends DestinationSettings {
  /** Resolves to the reason that the filter does not pass a request, or to null when it passes. */
  filterOut: ((request: SendableRequest) => Promise<FilterFailure | null>) | null
  /** Standard Webhooks keys, opened, newest first. */
  signingSecrets: string[]
  /** Why nothing can be sent until the installation is mended, such as a secret sealed with a key we do not have. */
  problem: string | null
}

/** Runs one script in its sandbox; what goes wrong there is answered, not thrown. */
export type Transform = Sandbox['run']

/** What is to happen after the transformation. */
export type Made =
  | { kind: 'filtered'; reason: string }
  /** Nothing may go out: the attempt fails with this. `final`: no later try can help. */
  | {
      kind: 'failed'
      outcome: 'script' | 'crashed' | 'policy'
      error: string
      final: boolean
      console: ConsoleLine[]
    }
  | { kind: 'call'; call: OutboundCall; console: ConsoleLine[] }
