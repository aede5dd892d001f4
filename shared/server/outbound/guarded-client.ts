import type { AttemptOutcome, HeaderPairs } from '../../src/index.js'
import { limits } from '../../src/limits.js'
import { Agent } from 'undici'
import type { AddressPolicy } from './address-policy.js'
import { classifyFailure } from './classify-failure.js'
import { collectAnswer } from './collect-answer.js'
import { guardedConnector, type Lookup } from './guarded-connector.js'

export interface OutboundCall {
  method: string
  url: string
  headers: HeaderPairs
  body: Buffer
  /** From the first look-up to the last byte we keep. */
  timeoutMs: number
  /** Kept of the answer's body; the rest is not read. */
  responseBytesMax?: number
}

/** What came of it. Their failure is data: nothing here is thrown. */
export type Outcome =
  | {
      kind: 'response'
      statusCode: number
      headers: HeaderPairs
      body: Buffer
      /** Bytes seen; more than `body` holds when it was cut. */
      bodySize: number
      durationMs: number
    }
  | {
      kind: 'failure'
      outcome: Exclude<AttemptOutcome, 'delivered' | 'http-error' | 'redirect' | 'script' | 'crashed'>
      message: string
      durationMs: number
    }

interface Options {
  addresses: AddressPolicy
  /** Connections to one origin; without it as many as there are calls, which their callers bound. */
  connectionsPerOrigin?: number
  lookup?: Lookup
  lookupTimeoutMs?: number
}

/**
 * The one way out: undici on one shared Agent, keep-alive, no redirects, no decompression, every dialled address judged,
 * every wait and every byte bounded.
 */
export function createGuardedClient({ addresses, connectionsPerOrigin, lookup, lookupTimeoutMs }: Options) {
  const agent = new Agent({
    connect: guardedConnector({ addresses, lookup, lookupTimeoutMs, connectTimeoutMs: 10_000 }),
    connections: connectionsPerOrigin,
    pipelining: 1,
    maxHeaderSize: limits.responseHeaderBytesMax,
    headersTimeout: limits.deliveryTimeoutMsMax,
    bodyTimeout: limits.deliveryTimeoutMsMax,
    keepAliveTimeout: 10_000,
  })

  function send(call: OutboundCall): Promise<Outcome> {
    const startedAt = performance.now()
    const durationMs = () => Math.round(performance.now() - startedAt)
    return new Promise((resolve) => {
      const failed = (error: unknown) => {
        clearTimeout(deadline)
        resolve({ kind: 'failure', ...classifyFailure(error), durationMs: durationMs() })
      }
      const collecting = collectAnswer({
        bodyBytesMax: call.responseBytesMax ?? limits.responseBodyBytesMax,
        done({ statusCode, headers, body, bodySize }) {
          clearTimeout(deadline)
          resolve({ kind: 'response', statusCode, headers, body, bodySize, durationMs: durationMs() })
        },
        failed,
      })
      const deadline = setTimeout(() => collecting.abort(new DeadlineError(call.timeoutMs)), call.timeoutMs)
      try {
        const url = new URL(call.url)
        const request = {
          origin: url.origin,
          path: url.pathname + url.search,
          method: call.method as 'POST',
          headers: call.headers.flat(),
          body: call.body.length > 0 || !bodyless.has(call.method) ? call.body : null,
        }
        agent.dispatch(request, collecting.handler)
      } catch (error) {
        failed(error)
      }
    })
  }

  return { send, close: () => agent.destroy() }
}

export type GuardedClient = ReturnType<typeof createGuardedClient>

const bodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

export class DeadlineError extends Error {
  constructor(ms: number) {
    super(`no complete answer within ${ms} ms`)
    this.name = 'DeadlineError'
  }
}
