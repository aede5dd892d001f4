import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesOf } from '@whook/testing/launched'
import { clusterFolder } from './data-folder.js'
import { startEmbeddedPostgres } from './embedded-postgres.js'
import { locateBinaries } from './locate-binaries.js'
import { serverUser } from './server-user.js'

async function newFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'whook initdb '))
  await chmod(dir, 0o711)
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Starts and stops the server on this data folder. Returns its progress messages. */
async function startAndStop(dataDir: string) {
  const said: string[] = []
  const server = await startEmbeddedPostgres({ dataDir, onProgress: (line) => said.push(line) })
  await server.stop()
  return said.join('\n')
}

/**
 * Resolves with the pid of the folder's initdb when it has written PG_VERSION: from then on the folder looks
 * complete.
 */
async function initdbPid(dataDir: string): Promise<number> {
  for (;;) {
    const found = processesOf(dataDir).find((line) => line.includes('/initdb'))
    const names = await readdir(dataDir, { recursive: true })
    if (found && names.some((name) => name.endsWith('PG_VERSION'))) return Number.parseInt(found, 10)
    await sleep(2)
  }
}

describe.runIf(process.platform === 'linux')('an interrupted first start', { timeout: 120_000 }, () => {
  it.each([0, 50, 200, 500])('starts again when initdb was killed %d ms after PG_VERSION', async (ms) => {
    const dataDir = await newFolder()
    const first = startEmbeddedPostgres({ dataDir })
    const failed = expect(first).rejects.toThrow('initdb failed')
    const pid = await initdbPid(dataDir)
    await sleep(ms)
    process.kill(pid, 'SIGKILL')
    await failed
    await startAndStop(dataDir)
    expect((await readdir(dataDir)).filter((name) => name.includes('new'))).toEqual([])
  })

  it('removes the unfinished folder of a killed launcher, and no other folder', async () => {
    const dataDir = await newFolder()
    await writeFile(join(dataDir, 'pg18.new-0123abcd'), '')
    await writeFile(join(dataDir, 'pg18.old'), '')
    await startAndStop(dataDir)
    const names = await readdir(dataDir)
    expect(names).toContain('pg18.old')
    expect(names).not.toContain('pg18.new-0123abcd')
  })

  it.each([0, 100, 400])(
    'moves the unfinished cluster of an older version, killed after %d ms',
    async (ms) => {
      const dataDir = await newFolder()
      const user = await serverUser()
      const cluster = await clusterFolder(dataDir, user)
      await writeFile(join(dataDir, 'password'), 'a', { mode: 0o644 })
      const initdb = spawn(
        join(await locateBinaries(), 'bin', 'initdb'),
        ['--username=whook', `--pwfile=${join(dataDir, 'password')}`, '--auth=scram-sha-256', '-D', cluster],
        { stdio: 'ignore', cwd: '/', ...(user && { uid: user.uid, gid: user.gid }) },
      )
      const ended = once(initdb, 'exit')
      await initdbPid(dataDir)
      await sleep(ms)
      initdb.kill('SIGKILL')
      await ended
      expect(existsSync(join(cluster, 'PG_VERSION'))).toBe(true)
      await writeFile(join(dataDir, 'postgres-password'), 'made before initdb\n')
      expect(await startAndStop(dataDir)).toContain(`Its files were moved to ${cluster}.cut-off-`)
    },
  )

  it('does not move a cluster that has the database of Whook', async () => {
    const dataDir = await newFolder()
    await startAndStop(dataDir)
    expect(await startAndStop(dataDir)).not.toContain('cut-off')
    expect((await readdir(dataDir)).sort()).toEqual(['pg18', 'postgres-password', 'postgres.log'])
  })
})
