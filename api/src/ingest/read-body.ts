import type { IncomingMessage } from 'node:http'

const empty = Buffer.alloc(0)

/** The whole body, `too-large` past the limit (memory stays flat), or `aborted` when the sender went away half way. */
export function readBody(
  incoming: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | 'too-large' | 'aborted'> {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (declared > limitBytes) return Promise.resolve('too-large')
  return new Promise((resolve) => {
    let chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limitBytes) {
        chunks = []
        resolve('too-large')
      } else {
        chunks.push(chunk)
      }
    })
    incoming.on('end', () =>
      resolve(chunks.length === 1 ? chunks[0]! : chunks.length === 0 ? empty : Buffer.concat(chunks)),
    )
    incoming.on('close', () => resolve('aborted'))
    incoming.on('error', () => resolve('aborted'))
  })
}
