import { connect, type Socket } from 'node:net'

/** postgres.js's view of its own options inside the `socket` hook. */
interface Target {
  host: string[]
  port: number[]
  path?: string | false
}

/**
 * A socket without Nagle's delay. COPY writes many small frames and waits: with the delay on, one batch takes 90 ms
 * instead of 4.
 */
export function connectSocket(target: unknown, timeoutMs = 5000): Promise<Socket> {
  const { host, port, path } = target as Target
  return new Promise((resolve, reject) => {
    const socket = path ? connect(path) : connect({ host: host[0], port: port[0]!, noDelay: true })
    const timer = setTimeout(() => socket.destroy(new Error('connecting to PostgreSQL timed out')), timeoutMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeListener('error', reject)
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
