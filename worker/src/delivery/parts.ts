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
  /** Resolves to null when the request passes the filter, otherwise to the failed condition. */
  filterOut: ((request: SendableRequest) => Promise<FilterFailure | null>) | null
  /** Decrypted Standard Webhooks keys, newest first. */
  signingSecrets: string[]
  /**
   * The configuration error that prevents sending, such as a secret sealed with an unknown key; null when there is
   * none.
   */
  problem: string | null
}

/** Runs one script in its sandbox. Returns errors of the script, never throws them. */
export type Transform = Sandbox['run']

/** The result of the transformation. */
export type PreparedCall =
  | { kind: 'filtered'; reason: string }
  /** Nothing is sent: the attempt fails with this error. `final`: no later attempt can succeed. */
  | {
      kind: 'failed'
      outcome: 'script' | 'crashed' | 'policy'
      error: string
      final: boolean
      console: ConsoleLine[]
    }
  | { kind: 'call'; call: OutboundCall; console: ConsoleLine[] }
