import { spawn, type ChildProcess } from 'node:child_process'
import type { ServerUser } from './server-user.js'

/**
 * A shell that waits until its input is closed. The kernel closes it when this process exits, even after `kill -9`.
 * The shell then ends the server that the pid file names: SIGTERM lets open sessions finish, SIGINT does not. It
 * waits for the pid file, because a server that was just started has not written it yet.
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

/** Keyed by pid file: a restarted server has another pid and the same file. */
const keepers = new Map<string, ChildProcess>()

/**
 * Ends a server when this process exits, even after `kill -9`. The shell takes 1 MB. On Windows the server keeps
 * running.
 */
export function endAfterUs(pidFile: string, user?: ServerUser): void {
  if (process.platform === 'win32' || keepers.has(pidFile)) return
  const keeper = spawn('sh', ['-c', script, 'sh', pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A separate session: Ctrl-C or a closed terminal must not end the shell before the server.
    detached: true,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  keeper.once('error', (error) =>
    process.emitWarning(`Cannot start the shell that stops PostgreSQL when Whook exits: ${error.message}`),
  )
  keeper.once('exit', () => keepers.delete(pidFile))
  keeper.unref()
  ;(keeper.stdin as unknown as { unref: () => void }).unref()
  keepers.set(pidFile, keeper)
}

/** Ends the shell after its server was stopped. */
export async function forgetToEnd(pidFile: string): Promise<void> {
  const keeper = keepers.get(pidFile)
  if (!keeper) return
  const ended = new Promise((resolve) => keeper.once('exit', resolve))
  keeper.ref()
  keeper.kill('SIGKILL')
  await ended
}
