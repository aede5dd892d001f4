import { connect, type Socket } from 'node:net'

/** postgres.js's view of its own options inside the `socket` hook. */
interface Target {
  host: string[]
  port: number[]
  path?: string | false
}

/**
 * Makes sockets without Nagle's delay. COPY writes many small frames and waits: with the delay on, one batch takes 90 ms
 * instead of 4. A socket is given away while it still connects: postgres.js watches it from the start, and a connection
 * whose socket was refused here instead would be lost to its pool for ever.
 *
 * A socket that was written to and then hears nothing for `silentMsMax` is destroyed: behind a proxy or a firewall that
 * forgot the connection, no answer comes and no error either, and whoever asked would wait for ever.
 */
export function createConnectSocket(silentMsMax: number) {
  return (target: unknown): Socket => {
    const { host, port, path } = target as Target
    const socket = path ? connect(path) : connect({ host: host[0], port: port[0]!, noDelay: true })
    return silentMsMax > 0 ? destroyWhenSilent(socket, silentMsMax) : socket
  }
}

/** Plain connections only: TLS takes the socket's bytes past it, and is left to the kernel's keep-alive. */
function destroyWhenSilent(socket: Socket, silentMsMax: number): Socket {
  let timer: NodeJS.Timeout | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const write = socket.write.bind(socket)
  socket.write = ((...args: Parameters<typeof write>) => {
    timer ??= setTimeout(() => {
      socket.destroy(new Error(`PostgreSQL said nothing for ${silentMsMax} ms`))
    }, silentMsMax).unref()
    return write(...args)
  }) as typeof socket.write
  return socket.on('data', heard).on('close', heard)
}
