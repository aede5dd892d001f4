import { connect, type Socket } from 'node:net'

/** postgres.js's view of its own options inside the `socket` hook. */
interface Target {
  host: string[]
  port: number[]
  path?: string | false
}

/**
 * A socket without Nagle's delay. COPY writes many small frames and waits: with the delay on, one batch takes 90 ms
 * instead of 4. It is given away while it still connects: postgres.js watches it from the start, and a connection whose
 * socket was refused here instead would be lost to its pool for ever.
 */
export function connectSocket(target: unknown): Socket {
  const { host, port, path } = target as Target
  return path ? connect(path) : connect({ host: host[0], port: port[0]!, noDelay: true })
}
