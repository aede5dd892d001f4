import { mkdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Locks the data folder, so that only one Whook uses it. Creates the folder if it is missing. The lock file contains
 * the process id; a lock of an exited process is replaced. Returns the function that removes the lock. Throws an
 * error when the folder is locked or not writable.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'whook.lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      mkdirSync(dataDir, { recursive: true })
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 })
      return () => rmSync(file, { force: true })
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST' || path !== file) {
        throw new Error(
          `The data folder ${dataDir} cannot be written to: ${(error as Error).message}\n` +
            'Make it writable for the user that runs Whook, or set DATA_DIR to another folder.',
          { cause: error },
        )
      }
      const owner = Number(readFileSync(file, 'utf8'))
      if (isAlive(owner)) {
        throw new Error(
          `Another Whook (pid ${owner}) already uses the data folder ${dataDir}.\n` +
            'Stop it first, or set another DATA_DIR and APP_PORT.',
          { cause: error },
        )
      }
      rmSync(file, { force: true })
    }
  }
  throw new Error(`Could not lock the data folder ${dataDir}`)
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  // The kernel may have reused the pid for another program. Only a Node.js process can own the lock.
  try {
    return /node|whook/i.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    // The process exited after the first check.
    return false
  }
}
