import { Client, type Dispatcher } from 'undici'
import type { HeaderPairs } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { classifyFailure } from './classify-failure.js'
import { onNextSend, type ConnectionTraffic } from './connection-traffic.js'
import { DeadlineError } from './deadline-error.js'
import type { OutboundCall, Outcome } from './outbound-call.js'

/**
 * One call to a receiver. Reads the response directly from the connection, without the cost of a stream, and resolves
 * once. It is an object, not a set of closures: at 10,000 calls per second the garbage collector pays for each function
 * that is made per call.
 *
 * The status is final after the headers: a body that is too long, too slow or cut off does not change it. A call on a
 * reused connection that is reset before any byte of a response is repeated once on a new connection.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined
  private expiredBy: Error | undefined
  private isOver = false
  private isRepeated = false
  private statusCode = 0
  private headers: HeaderPairs = []
  private readonly chunks: Buffer[] = []
  private bodySize = 0
  private readonly bodyBytesMax: number
  /** Set when the request was written to a connection. */
  private traffic: ConnectionTraffic | undefined
  private chunksBefore = 0
  private readonly startedAt = performance.now()
  private readonly deadline: NodeJS.Timeout

  constructor(
    private readonly call: OutboundCall,
    /** Options of the new connection of a repeated call. */
    private readonly connections: Client.Options,
    private readonly resolve: (outcome: Outcome) => void,
  ) {
    this.bodyBytesMax = call.responseBytesMax ?? limits.responseBodyBytesMax
    this.deadline = setTimeout(expire, call.timeoutMs, this)
  }

  start(agent: Dispatcher): void {
    try {
      agent.dispatch(toRequest(this.call), this)
    } catch (error) {
      this.failWith(error)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.expiredBy) controller.abort(this.expiredBy)
    else onNextSend(this)
  }

  onSend(traffic: ConnectionTraffic): void {
    this.traffic = traffic
    this.chunksBefore = traffic.chunks
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    // Any number of 1xx responses may precede the final one (RFC 9110 section 15.2).
    if (statusCode < 200) return
    this.statusCode = statusCode
    this.headers = toPairs(controller.rawHeaders as (Buffer | string)[])
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isOver) return
    const room = this.bodyBytesMax - this.bodySize
    this.bodySize += chunk.length
    // Copy the bytes: a small slice would keep the whole read buffer in memory.
    if (room > 0) this.chunks.push(Buffer.from(chunk.subarray(0, room)))
    if (chunk.length <= room) return
    this.end(null)
    controller.abort(new Error('the response is longer than the stored part'))
  }

  onResponseEnd(): void {
    this.end(null)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  /** Ends the call in every state: before, during or after the connect. */
  expire(): void {
    const error = new DeadlineError(this.call.timeoutMs, this.traffic !== undefined)
    this.expiredBy = error
    this.fail(error)
    this.controller?.abort(error)
  }

  private end(brokenOffBy: Error | null): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.deadline)
    const { statusCode, headers, chunks, bodySize } = this
    const outcome: Outcome = {
      kind: 'response',
      statusCode,
      headers,
      body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      bodySize,
      durationMs: this.durationMs(),
    }
    if (brokenOffBy) outcome.brokenOff = classifyFailure(brokenOffBy).message
    this.resolve(outcome)
  }

  private fail(error: Error): void {
    if (this.isOver) return
    if (this.statusCode > 0) this.end(mayHaveBody(this.call.method, this.statusCode) ? error : null)
    else if (this.mayRepeat(error)) this.repeat()
    else this.failWith(error)
  }

  /** The receiver cannot have handled the call: it closed an idle connection while the request was on its way. */
  private mayRepeat(error: Error): boolean {
    const { traffic } = this
    const isUnanswered = traffic !== undefined && traffic.requests > 1 && traffic.chunks === this.chunksBefore
    return isUnanswered && !this.isRepeated && classifyFailure(error).outcome === 'reset'
  }

  private repeat(): void {
    this.isRepeated = true
    this.traffic = undefined
    this.controller = undefined
    try {
      const request = toRequest(this.call)
      const client = new Client(request.origin, this.connections)
      client.dispatch(request, this)
      void client.close()
    } catch (error) {
      this.failWith(error)
    }
  }

  private failWith(error: unknown): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.deadline)
    this.resolve({ kind: 'failure', ...classifyFailure(error), durationMs: this.durationMs() })
  }

  private durationMs(): number {
    return Math.round(performance.now() - this.startedAt)
  }
}

const expire = (exchange: Exchange) => exchange.expire()

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

/** RFC 9112 section 6.3: other responses end with the empty line after the headers, also with a Content-Length. */
const mayHaveBody = (method: string, statusCode: number) =>
  method !== 'HEAD' && statusCode !== 204 && statusCode !== 304

function toPairs(raw: readonly (Buffer | string)[]): HeaderPairs {
  const pairs: HeaderPairs = []
  for (let i = 0; i < raw.length; i += 2) pairs.push([latin1(raw[i]!), latin1(raw[i + 1]!)])
  return pairs
}

const latin1 = (value: Buffer | string) => (typeof value === 'string' ? value : value.toString('latin1'))
