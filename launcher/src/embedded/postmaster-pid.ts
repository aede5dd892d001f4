import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface Postmaster {
  pid: number
  port: number
}

/**
 * Returns the pid and port in postmaster.pid if that server is running. The file remains after `kill -9`. It is removed
 * only when its process has exited, is a zombie, or is another program.
 */
export async function runningPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const file = join(cluster, 'postmaster.pid')
  const lines = await readFile(file, 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  )
  if (!lines) return undefined
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (await isLivePostgres(pid)) return { pid, port }
  await rm(file, { force: true })
  return undefined
}

async function isLivePostgres(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  if (process.platform !== 'linux') return true
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return /^Name:\s+postgres$/m.test(status) && !/^State:\s+Z/m.test(status)
}
