import { liveCloseCodes } from '@whook/shared'

/** What the watch needs of a socket; the real one is a `ws` WebSocket. */
interface WatchedSocket {
  ping: () => void
  terminate: () => void
  close: (code: number, reason: string) => void
  on: (event: 'pong' | 'close', listener: () => void) => unknown
}

interface Options {
  everyMs: number
  /** Asked each time: sessions and keys run out without anybody telling. Never rejects. */
  isSignedIn: () => Promise<boolean>
}

/** Drops a socket that answers no ping, and closes one whose session or key no longer holds. */
export function watchSocket(socket: WatchedSocket, { everyMs, isSignedIn }: Options): void {
  let alive = true
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
    void isSignedIn().then((yes) => yes || socket.close(liveCloseCodes.signedOut, 'signed out'))
  }, everyMs)
  socket.on('pong', () => (alive = true))
  socket.on('close', () => clearInterval(timer))
}
