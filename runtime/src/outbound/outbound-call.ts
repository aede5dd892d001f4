import type { HeaderPairs } from '@whook/shared'
import type { FailureCause } from './failure-causes.js'

export interface OutboundCall {
  /** A user's id, or an internal purpose. Connections and name lookups are shared only within a tenant. */
  tenant: string
  method: string
  url: string
  headers: HeaderPairs
  body: Buffer
  /** Maximum time from the name lookup to the last stored byte of the response. */
  timeoutMs: number
  /** Stored bytes of the response body; the rest is not read. */
  responseBytesMax?: number
}

/** Result of a call. A failure of the receiver is a value, never an exception. */
export type Outcome =
  | {
      kind: 'response'
      statusCode: number
      headers: HeaderPairs
      body: Buffer
      /** Number of received bytes; more than in `body` when the body was cut. */
      bodySize: number
      /** Why the body ended early. Missing when the body is complete, or cut at `responseBytesMax`. */
      brokenOff?: string
      durationMs: number
    }
  | (FailureCause & { kind: 'failure'; durationMs: number })
