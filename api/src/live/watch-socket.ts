import { liveCloseCodes } from '@whook/shared'

/** The parts of a socket that the watch uses; in production it is a `ws` WebSocket. */
interface WatchedSocket {
  ping: () => void
  terminate: () => void
  close: (code: number, reason: string) => void
  on: (event: 'pong' | 'close', listener: () => void) => unknown
}

interface WatchSocketOptions {
  everyMs: number
  /** Called at every check: sessions and API keys expire without a message. Never rejects. */
  isSignedIn: () => Promise<boolean>
}

/** Terminates a socket that does not answer a ping, and closes one whose session or API key is no longer valid. */
export function watchSocket(socket: WatchedSocket, { everyMs, isSignedIn }: WatchSocketOptions): void {
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
