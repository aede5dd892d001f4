import { readFileSync } from 'node:fs'

const pollEveryMs = 500

/**
 * Sends this process SIGTERM when the npm, pnpm or yarn process that started it has ended, or the shell between the two.
 * npm forwards a signal to that shell at most, and SIGKILL ends npm alone. Without npm this function does nothing: a user
 * who starts Node directly may want it to continue in the background.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const grandparent = parentOfShell(parent)
  const watching = setInterval(() => {
    if (process.ppid === parent && (grandparent === undefined || parentOfShell(parent) === grandparent))
      return
    clearInterval(watching)
    process.kill(process.pid, 'SIGTERM')
  }, pollEveryMs)
  watching.unref()
}

/** Returns the parent pid of the process `pid` if `pid` is a shell. Undefined for other programs and without /proc. */
function parentOfShell(pid) {
  try {
    const [, shell, parent] = /^\d+ \((?:(\w*sh)|.*)\) \S (\d+)/.exec(
      readFileSync(`/proc/${pid}/stat`, 'latin1'),
    )
    return shell && Number(parent)
  } catch {
    // Not Linux, or the process has ended.
    return undefined
  }
}
