import { Agent, Client, type Dispatcher } from 'undici'
import type { HeaderPairs } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import type { AddressPolicy } from './address-policy.js'
import { classifyFailure } from './classify-failure.js'
import { collectAnswer } from './collect-answer.js'
import type { FailureCause } from './failure-causes.js'
import { guardedConnector, type Lookup } from './guarded-connector.js'
import { createNameLookups } from './names/name-lookups.js'
import { createSystemFiles, type SystemFiles } from './names/system-files.js'
import { createTenants } from './tenants.js'

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

interface GuardedClientOptions {
  addresses: AddressPolicy
  /** Maximum connections to one origin. Default: one per call; the callers limit their calls. */
  connectionsPerOrigin?: number
  /** Default: the hosts file and name servers of the system. */
  lookup?: Lookup
  files?: SystemFiles
  /** Name servers as `address:port`. Default: those of the system. */
  nameServers?: readonly string[]
  lookupTimeoutMs?: number
}

const tenantsMax = 1000

/**
 * Creates the only outbound HTTP client: undici with keep-alive, without redirects and decompression. It checks the address
 * of every connection, and limits every wait and every response.
 */
export function createGuardedClient(options: GuardedClientOptions) {
  const { addresses, connectionsPerOrigin, lookup, nameServers, lookupTimeoutMs: timeoutMs } = options
  const files = options.files ?? createSystemFiles()

  const tenants = createTenants({
    tenantsMax,
    make() {
      const names = createNameLookups({ files, servers: nameServers, timeoutMs })
      const connect = guardedConnector({
        addresses,
        lookup: lookup ?? names.lookup,
        connectTimeoutMs: 10_000,
      })
      const connections = { ...connectionOptions, connect }
      return { names, connections, agent: new Agent({ ...connections, connections: connectionsPerOrigin }) }
    },
    drop: ({ agent }) => void agent.close(),
  })

  /** The timeout excludes the wait for other lookups of the same tenant: an attempt must not fail because of them. */
  function send(call: OutboundCall): Promise<Outcome> {
    const room = tenants.get(call.tenant).names.room()
    return room ? room.then(() => exchange(call)) : exchange(call)
  }

  function exchange(call: OutboundCall): Promise<Outcome> {
    const { agent, connections } = tenants.get(call.tenant)
    const startedAt = performance.now()
    const durationMs = () => Math.round(performance.now() - startedAt)
    return new Promise((resolve) => {
      let collecting: ReturnType<typeof collectAnswer>
      const failed = (error: unknown) => {
        clearTimeout(deadline)
        resolve({ kind: 'failure', ...classifyFailure(error), durationMs: durationMs() })
      }
      const attempt = (dispatch: (handler: Dispatcher.DispatchHandler) => void, again: boolean) => {
        collecting = collectAnswer({
          method: call.method,
          bodyBytesMax: call.responseBytesMax ?? limits.responseBodyBytesMax,
          done({ statusCode, headers, body, bodySize, brokenOffBy }) {
            clearTimeout(deadline)
            const outcome: Outcome = {
              kind: 'response',
              statusCode,
              headers,
              body,
              bodySize,
              durationMs: durationMs(),
            }
            if (brokenOffBy) outcome.brokenOff = classifyFailure(brokenOffBy).message
            resolve(outcome)
          },
          failed(error, unanswered) {
            if (again && unanswered && classifyFailure(error).outcome === 'reset') attempt(onFresh, false)
            else failed(error)
          },
        })
        try {
          dispatch(collecting.handler)
        } catch (error) {
          failed(error)
        }
      }
      const onFresh = (handler: Dispatcher.DispatchHandler) => {
        const request = toRequest(call)
        const client = new Client(request.origin, connections)
        client.dispatch(request, handler)
        void client.close()
      }
      const deadline = setTimeout(
        () => collecting.abort(new DeadlineError(call.timeoutMs, collecting.sent)),
        call.timeoutMs,
      )
      attempt((handler) => agent.dispatch(toRequest(call), handler), true)
    })
  }

  return {
    send,
    async close(): Promise<void> {
      await Promise.all(tenants.clear().map(({ agent }) => agent.destroy()))
    },
  }
}

export type GuardedClient = ReturnType<typeof createGuardedClient>

const connectionOptions = {
  pipelining: 1,
  maxHeaderSize: limits.responseHeaderBytesMax,
  headersTimeout: limits.deliveryTimeoutMsMax,
  bodyTimeout: limits.deliveryTimeoutMsMax,
  keepAliveTimeout: 10_000,
} as const

const bodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

function toRequest({ url, method, headers, body }: OutboundCall) {
  const { origin, pathname, search } = new URL(url)
  return {
    origin,
    path: pathname + search,
    method: method as 'POST',
    headers: headers.flat(),
    body: body.length > 0 || !bodyless.has(method) ? body : null,
  }
}

export class DeadlineError extends Error {
  constructor(ms: number, sent: boolean) {
    super(sent ? `No complete response within ${ms} ms` : `No connection within ${ms} ms`)
    this.name = 'DeadlineError'
  }
}
