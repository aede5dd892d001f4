import type { Dispatcher } from 'undici'
import type { HeaderPairs } from '@whook/shared'
import { onNextSend, type ConnectionTraffic } from './connection-traffic.js'

export interface CollectedResponse {
  statusCode: number
  headers: HeaderPairs
  body: Buffer
  /** Number of received bytes; more than in `body` when the body was cut. */
  bodySize: number
  /** Why the body ended early although status and headers are complete; null for a complete body. */
  brokenOffBy: Error | null
}

interface CollectOptions {
  method: string
  bodyBytesMax: number
  done: (response: CollectedResponse) => void
  /** `unanswered`: the connection was used before, and no byte of a response was received. */
  failed: (error: Error, unanswered: boolean) => void
}

/**
 * Reads a response directly from the connection, without the cost of a stream. The status is final after the headers: a
 * body that is too long, too slow or cut off does not change it. Calls `done` or `failed` once.
 */
export function collectAnswer({ method, bodyBytesMax, done, failed }: CollectOptions) {
  let controller: Dispatcher.DispatchController | undefined
  let reason: Error | undefined
  let over = false
  let statusCode = 0
  let headers: HeaderPairs = []
  const chunks: Buffer[] = []
  let bodySize = 0
  let traffic: ConnectionTraffic | undefined
  let chunksBefore = 0

  function end(brokenOffBy: Error | null = null) {
    if (over) return
    over = true
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    done({ statusCode, headers, body, bodySize, brokenOffBy })
  }

  function fail(error: Error) {
    if (over) return
    if (statusCode > 0) return end(mayHaveBody(method, statusCode) ? error : null)
    over = true
    const reused = traffic !== undefined && traffic.requests > 1
    failed(error, reused && traffic!.chunks === chunksBefore)
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (reason) return controller.abort(reason)
      onNextSend((used) => {
        traffic = used
        chunksBefore = used.chunks
      })
    },
    onResponseStart(started, code) {
      // Any number of 1xx responses may precede the final one (RFC 9110 section 15.2).
      if (code < 200) return
      statusCode = code
      headers = toPairs(started.rawHeaders as (Buffer | string)[])
    },
    onResponseData(started, chunk) {
      if (over) return
      const room = bodyBytesMax - bodySize
      bodySize += chunk.length
      // Copy the bytes: a small slice would keep the whole read buffer in memory.
      if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)))
      if (chunk.length <= room) return
      end()
      started.abort(new Error('the response is longer than the stored part'))
    },
    onResponseEnd: () => end(),
    onResponseError: (_, error) => fail(error),
  }

  return {
    handler,
    /** True after the request was written to a connection. */
    get sent() {
      return traffic !== undefined
    },
    /** Ends the call in every state: before, during or after the connect. */
    abort(error: Error) {
      reason = error
      fail(error)
      controller?.abort(error)
    },
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
