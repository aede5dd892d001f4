import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * Sends this process SIGTERM when the npm, pnpm or yarn that started it has ended, or the shell between the two. A signal to
 * npm reaches that shell at most, and SIGKILL reaches npm only. Without npm nothing is watched: who starts Node directly may
 * want it to go on in the background.
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
  }, lookEveryMs)
  watching.unref()
}

/** The pid that started this process, if it is a shell. Undefined for other programs, and where there is no /proc. */
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
