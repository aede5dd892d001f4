import { spawn, type ChildProcess } from 'node:child_process'
import type { ServerUser } from './server-user.js'

/**
 * A shell that waits until its input is closed: the kernel does that when this process has ended, in whatever way. It then
 * ends the server that the pid file names: SIGTERM lets open sessions finish, SIGINT does not. A server that has just been
 * started may still have to write its pid file.
 */
const script = `
read -r _
seconds=0
until read -r pid < "$1"; do
  [ $seconds -lt 5 ] || exit 0
  sleep 1; seconds=$((seconds + 1))
done
kill -TERM "$pid" || exit 0
seconds=0
while kill -0 "$pid" && [ $seconds -lt 20 ]; do sleep 1; seconds=$((seconds + 1)); done
kill -INT "$pid"
`

/** By pid file: a server that is started again has another pid and the same file. */
const keepers = new Map<string, ChildProcess>()

/** Ends a server after this process, even after kill -9. A shell takes 1 MB; Windows has none, and the server goes on. */
export function endAfterUs(pidFile: string, user?: ServerUser): void {
  if (process.platform === 'win32' || keepers.has(pidFile)) return
  const keeper = spawn('sh', ['-c', script, 'sh', pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // In a session of its own: Ctrl-C and a closed terminal must not end it before the server.
    detached: true,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  keeper.once('error', (error) =>
    process.emitWarning(`The server would outlive this process: ${error.message}`),
  )
  keeper.once('exit', () => keepers.delete(pidFile))
  keeper.unref()
  ;(keeper.stdin as unknown as { unref: () => void }).unref()
  keepers.set(pidFile, keeper)
}

/** Ends the shell. For a server that was stopped. */
export async function forgetToEnd(pidFile: string): Promise<void> {
  const keeper = keepers.get(pidFile)
  if (!keeper) return
  const ended = new Promise((resolve) => keeper.once('exit', resolve))
  keeper.ref()
  keeper.kill('SIGKILL')
  await ended
}
