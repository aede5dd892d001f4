import type { AttemptOutcome, HeaderPairs } from '../../src/index.js'
import { limits } from '../../src/limits.js'
import { Agent } from 'undici'
import type { AddressPolicy } from './address-policy.js'
import { classifyFailure } from './classify-failure.js'
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
  /** Connections to one origin. */
  connectionsPerOrigin?: number
  lookup?: Lookup
  lookupTimeoutMs?: number
}

/**
 * The one way out: undici on one shared Agent, keep-alive, no redirects, no decompression, every dialled address judged,
 * every wait and every byte bounded.
 */
export function createGuardedClient({
  addresses,
  connectionsPerOrigin = 100,
  lookup,
  lookupTimeoutMs,
}: Options) {
  const agent = new Agent({
    connect: guardedConnector({ addresses, lookup, lookupTimeoutMs, connectTimeoutMs: 10_000 }),
    connections: connectionsPerOrigin,
    pipelining: 1,
    maxHeaderSize: limits.responseHeaderBytesMax,
    headersTimeout: limits.deliveryTimeoutMsMax,
    bodyTimeout: limits.deliveryTimeoutMsMax,
    keepAliveTimeout: 10_000,
  })

  async function send(call: OutboundCall): Promise<Outcome> {
    const startedAt = performance.now()
    const elapsed = () => Math.round(performance.now() - startedAt)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(new DeadlineError(call.timeoutMs)), call.timeoutMs)
    try {
      const url = new URL(call.url)
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: call.method as 'POST',
        headers: call.headers.flat(),
        body: call.body.length > 0 || !bodyless.has(call.method) ? call.body : null,
        signal: deadline.signal,
        responseHeaders: 'raw',
      })
      const { kept, seen } = await readCapped(
        answer.body,
        call.responseBytesMax ?? limits.responseBodyBytesMax,
      )
      return {
        kind: 'response',
        statusCode: answer.statusCode,
        headers: toPairs(answer.headers as unknown as (Buffer | string)[]),
        body: kept,
        bodySize: seen,
        durationMs: elapsed(),
      }
    } catch (error) {
      return { kind: 'failure', ...classifyFailure(error), durationMs: elapsed() }
    } finally {
      clearTimeout(timer)
    }
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

type ResponseBody = AsyncIterable<Buffer> & { destroy: () => unknown }

/** A long body does not undo the status that came before it: what is over the cap is cut off with its connection. */
async function readCapped(body: ResponseBody, bytesMax: number) {
  const chunks: Buffer[] = []
  let seen = 0
  let room = bytesMax
  for await (const chunk of body) {
    seen += chunk.length
    if (room > 0) chunks.push(chunk.subarray(0, room))
    room -= chunk.length
    if (room < 0) {
      body.destroy()
      break
    }
  }
  return { kept: Buffer.concat(chunks), seen }
}

function toPairs(raw: (Buffer | string)[]): HeaderPairs {
  const pairs: HeaderPairs = []
  for (let i = 0; i < raw.length; i += 2) pairs.push([String(raw[i]), latin1(raw[i + 1]!)])
  return pairs
}

const latin1 = (value: Buffer | string) => (typeof value === 'string' ? value : value.toString('latin1'))
