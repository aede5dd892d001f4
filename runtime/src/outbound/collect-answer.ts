import type { Dispatcher } from 'undici'
import type { HeaderPairs } from '@whook/shared'
import { onNextSend, type ConnectionTraffic } from './connection-traffic.js'

export interface CollectedResponse {
  statusCode: number
  headers: HeaderPairs
  body: Buffer
  /** Bytes received; more than `body` holds when the body was cut. */
  bodySize: number
  /** Why the body ended early, although status and headers are complete. null when nothing is missing. */
  brokenOffBy: Error | null
}

interface Options {
  method: string
  bodyBytesMax: number
  done: (response: CollectedResponse) => void
  /** `unanswered`: an earlier request had used the connection, and no byte of a response arrived. */
  failed: (error: Error, unanswered: boolean) => void
}

/**
 * Reads a response directly from the connection, without a stream and its promises. The status counts from the end of
 * the headers: a body that is too long, too slow or cut off does not undo it. Calls `done` or `failed` once.
 */
export function collectAnswer({ method, bodyBytesMax, done, failed }: Options) {
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
      // Any number of 1xx responses may come before the final one (RFC 9110 section 15.2).
      if (code < 200) return
      statusCode = code
      headers = toPairs(started.rawHeaders as (Buffer | string)[])
    },
    onResponseData(started, chunk) {
      if (over) return
      const room = bodyBytesMax - bodySize
      bodySize += chunk.length
      // Copied: a few bytes must not keep the whole read buffer in memory.
      if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)))
      if (chunk.length <= room) return
      end()
      started.abort(new Error('the response is longer than the part that is kept'))
    },
    onResponseEnd: () => end(),
    onResponseError: (_, error) => fail(error),
  }

  return {
    handler,
    /** Whether the request has been written to a connection. */
    get sent() {
      return traffic !== undefined
    },
    /** Ends it now, whether it has a connection, waits for one, or is half read. */
    abort(error: Error) {
      reason = error
      fail(error)
      controller?.abort(error)
    },
  }
}

/** RFC 9112 section 6.3: these end with the empty line after the headers, whatever Content-Length says. */
const mayHaveBody = (method: string, statusCode: number) =>
  method !== 'HEAD' && statusCode !== 204 && statusCode !== 304

function toPairs(raw: readonly (Buffer | string)[]): HeaderPairs {
  const pairs: HeaderPairs = []
  for (let i = 0; i < raw.length; i += 2) pairs.push([latin1(raw[i]!), latin1(raw[i + 1]!)])
  return pairs
}

const latin1 = (value: Buffer | string) => (typeof value === 'string' ? value : value.toString('latin1'))
