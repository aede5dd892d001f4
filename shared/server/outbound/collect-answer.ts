import type { Dispatcher } from 'undici'
import type { HeaderPairs } from '../../src/index.js'

export interface Answer {
  statusCode: number
  headers: HeaderPairs
  body: Buffer
  /** Bytes seen; more than `body` holds when it was cut. */
  bodySize: number
}

interface Options {
  bodyBytesMax: number
  done: (answer: Answer) => void
  failed: (error: Error) => void
}

/**
 * Takes an answer straight from the connection, without a stream and its promises in between. A long body does not undo
 * the status that came before it: what is over the cap is cut off with its connection. Says what came of it once.
 */
export function collectAnswer({ bodyBytesMax, done, failed }: Options) {
  let controller: Dispatcher.DispatchController | undefined
  let reason: Error | undefined
  let over = false
  let statusCode = 0
  let headers: HeaderPairs = []
  const chunks: Buffer[] = []
  let bodySize = 0

  function end() {
    if (over) return
    over = true
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    done({ statusCode, headers, body, bodySize })
  }

  function fail(error: Error) {
    if (over) return
    over = true
    failed(error)
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (reason) controller.abort(reason)
    },
    onResponseStart(started, code) {
      // 1xx may come any number of times before the answer.
      if (code < 200) return
      statusCode = code
      headers = toPairs(started.rawHeaders as (Buffer | string)[])
    },
    onResponseData(started, chunk) {
      if (over) return
      const room = bodyBytesMax - bodySize
      bodySize += chunk.length
      // Copied: a few bytes must not keep all that was read with them in memory.
      if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)))
      if (chunk.length <= room) return
      end()
      started.abort(new Error('the answer is longer than what is kept of it'))
    },
    onResponseEnd: end,
    onResponseError: (_, error) => fail(error),
  }

  return {
    handler,
    /** Fails it now, whether it has a connection, waits for one, or is half read. */
    abort(error: Error) {
      reason = error
      fail(error)
      controller?.abort(error)
    },
  }
}

function toPairs(raw: readonly (Buffer | string)[]): HeaderPairs {
  const pairs: HeaderPairs = []
  for (let i = 0; i < raw.length; i += 2) pairs.push([latin1(raw[i]!), latin1(raw[i + 1]!)])
  return pairs
}

const latin1 = (value: Buffer | string) => (typeof value === 'string' ? value : value.toString('latin1'))
