import { connect, type Socket } from 'node:net'

/** The options of postgres.js inside its `socket` hook. */
interface SocketTarget {
  host: string[]
  port: number[]
  path?: string | false
}

/**
 * Creates sockets without Nagle's delay. COPY writes many small frames and waits: with the delay, one batch takes 90 ms
 * instead of 4 ms. The socket is returned while it still connects, and postgres.js handles its errors. If this function
 * threw for a refused socket, the pool would lose that connection forever.
 *
 * A socket that receives nothing for `silentMsMax` after a write is destroyed. Behind a proxy or a firewall that dropped
 * the connection, neither a response nor an error arrives, and the caller would wait forever.
 */
export function createConnectSocket(silentMsMax: number) {
  return (target: unknown): Socket => {
    const { host, port, path } = target as SocketTarget
    const socket = path ? connect(path) : connect({ host: host[0], port: port[0]!, noDelay: true })
    return silentMsMax > 0 ? destroyWhenSilent(socket, silentMsMax) : socket
  }
}

/** Only for plain connections. TLS bypasses these hooks; the keep-alive of the kernel handles its connections. */
function destroyWhenSilent(socket: Socket, silentMsMax: number): Socket {
  let timer: NodeJS.Timeout | undefined
  const stopTimer = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const write = socket.write.bind(socket)
  socket.write = ((...args: Parameters<typeof write>) => {
    timer ??= setTimeout(() => {
      socket.destroy(new Error(`PostgreSQL sent nothing for ${silentMsMax} ms`))
    }, silentMsMax).unref()
    return write(...args)
  }) as typeof socket.write
  return socket.on('data', stopTimer).on('close', stopTimer)
}
