import type { IncomingMessage } from 'node:http'
import type { ByteLease } from '@whook/runtime/byte-budget'

const empty = Buffer.alloc(0)

/** Smaller chunks are copied into shared pages: a one-byte chunk would cost a Buffer object of about 200 bytes. */
const chunkBytesMin = 4096
const pageBytes = 16 * 1024

/**
 * Returns the whole body, `too-large` over `limitBytes`, `overloaded` when the bytes do not fit into `lease`, or
 * `aborted` when the sender closes the connection before the end. Bytes are counted as they arrive. The lease is
 * released when the body is complete, because the caller copies the body before its next await.
 */
export function readBody(
  incoming: IncomingMessage,
  limitBytes: number,
  lease: ByteLease,
): Promise<Buffer | 'too-large' | 'overloaded' | 'aborted'> {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (declared > limitBytes) return Promise.resolve('too-large')
  return new Promise((resolve) => {
    const chunks = createChunks()
    let bytes = 0
    let settled = false
    const settle = (result: Buffer | 'too-large' | 'overloaded' | 'aborted') => {
      settled = true
      chunks.clear()
      lease.release()
      resolve(result)
    }
    incoming.on('data', (chunk: Buffer) => {
      if (settled) return
      bytes += chunk.length
      if (bytes > limitBytes) settle('too-large')
      else if (!lease.add(chunk.length)) settle('overloaded')
      else chunks.push(chunk)
    })
    incoming.on('end', () => settled || settle(chunks.join()))
    incoming.on('close', () => settled || settle('aborted'))
    incoming.on('error', () => settled || settle('aborted'))
  })
}

/** Collects chunks. Their memory depends on their bytes, not on their number. */
function createChunks() {
  let whole: Buffer[] = []
  let page: Buffer | undefined
  let filled = 0

  function closePage() {
    if (page && filled > 0) whole.push(page.subarray(0, filled))
    page = undefined
    filled = 0
  }

  return {
    push(chunk: Buffer) {
      // Most bodies are a single chunk: it is kept without a copy.
      if (whole.length === 0 || chunk.length >= chunkBytesMin) {
        closePage()
        whole.push(chunk)
        return
      }
      if (page && filled + chunk.length > pageBytes) closePage()
      page ??= Buffer.allocUnsafeSlow(pageBytes)
      filled += chunk.copy(page, filled)
    },
    join(): Buffer {
      closePage()
      return whole.length === 1 ? whole[0]! : whole.length === 0 ? empty : Buffer.concat(whole)
    },
    clear() {
      whole = []
      page = undefined
      filled = 0
    },
  }
}
