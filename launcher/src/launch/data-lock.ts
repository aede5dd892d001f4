import { mkdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One Whook per data folder, which is made if it is not there. The lock names its process; one whose process is gone is
 * taken over. Answers how to give it back.
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
            'Give it to the user who starts Whook, or name another one with DATA_DIR.',
          { cause: error },
        )
      }
      const owner = Number(readFileSync(file, 'utf8'))
      if (isAlive(owner)) {
        throw new Error(
          `Another Whook (pid ${owner}) already uses the data folder ${dataDir}.\n` +
            'Stop it first, or start this one with another DATA_DIR and APP_PORT.',
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
  // The number may have been given to somebody else since: only a Node process can be the owner.
  try {
    return /node|whook/i.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    // Gone between the two looks.
    return false
  }
}
