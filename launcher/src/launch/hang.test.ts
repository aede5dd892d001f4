import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ensureBuilt } from '@whook/testing/ensure-built'
import { freePort } from '../free-port.js'
import { launched, pidOf, processesOf } from '@whook/testing/launched'
import { createTestDatabase } from '@whook/testing/test-database'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const preload = new URL('../../../testing/src/hang-on-signal.mjs', import.meta.url).href
const hangs = { NODE_OPTIONS: `--import=${preload}` }

beforeAll(ensureBuilt)

async function start(env: Record<string, string>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook hang '))
  await chmod(dataDir, 0o711)
  const port = await freePort()
  const whook = launched({ dataDir, port, env: { ...hangs, ...env } })
  onTestFinished(async () => {
    whook.signal('SIGTERM')
    await whook.ended
    await rm(dataDir, { recursive: true, force: true })
  })
  const { webhookUrl } = await whook.ready()
  const status = () =>
    fetch(webhookUrl, { method: 'POST', body: 'a' }).then(
      (answer) => answer.status,
      () => 0,
    )
  return { whook, dataDir, status }
}

describe('a process with a blocked event loop', { timeout: 90_000 }, () => {
  it.each(['api', 'worker'] as const)(
    'logs the blocking stack, exits, and is restarted: %s',
    async (name) => {
      const { whook, dataDir, status } = await start({ HANG_SECONDS: '2' })
      const hung = pidOf(name, dataDir)!
      process.kill(hung, 'SIGUSR2')
      await expect.poll(whook.output).toContain(`${name} stopped responding and was terminated; restarting`)
      const line = /\{.*"process\.hung.*\}/.exec(whook.output())![0]
      expect(JSON.parse(line)).toMatchObject({
        name,
        pid: hung,
        stack: expect.arrayContaining([expect.stringMatching(/^hang .*hang-on-signal\.mjs:\d+$/)]),
      })
      await expect.poll(() => pidOf(name, dataDir)).toBeGreaterThan(0)
      expect(pidOf(name, dataDir)).not.toBe(hung)
      await expect.poll(status).toBe(202)
    },
  )

  it('exits before the limit when its launcher was killed', async () => {
    const { whook, dataDir } = await start({ HANG_SECONDS: '3600' })
    for (const name of ['api', 'worker'] as const) process.kill(pidOf(name, dataDir)!, 'SIGUSR2')
    whook.signal('SIGKILL')
    await expect.poll(() => [pidOf('api', dataDir), pidOf('worker', dataDir)]).toEqual([undefined, undefined])
  })

  it('exits with code 142 when it runs without a launcher', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const worker = spawn(process.execPath, ['worker/dist/src/main.js'], {
      cwd: root,
      env: {
        ...hangs,
        HANG_SECONDS: '2',
        DATABASE_URL: url,
        SECRET_KEY: 'k'.repeat(32),
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void worker.kill('SIGKILL'))
    const ended = once(worker, 'exit')
    let output = ''
    worker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await expect.poll(() => output).toContain('worker.ready')
    worker.kill('SIGUSR2')
    // A shell and Docker report a signal as 128 plus its number: 14.
    expect(await ended).toEqual([null, 'SIGALRM'])
    expect(output).toContain('process.hung')
  })
})

describe('a process that was suspended', { timeout: 90_000 }, () => {
  it('keeps running when it was suspended for longer than the limit', async () => {
    const { whook, dataDir } = await start({ HANG_SECONDS: '2' })
    const pids = (['api', 'worker'] as const).map((name) => pidOf(name, dataDir)!)
    for (const pid of [...pids, whook.pid]) process.kill(pid, 'SIGSTOP')
    await sleep(6000)
    for (const pid of [...pids, whook.pid]) process.kill(pid, 'SIGCONT')
    await sleep(4000)
    expect(whook.output()).not.toContain('process.hung')
    for (const pid of pids) expect(processesOf(dataDir).some((line) => line.startsWith(`${pid} `))).toBe(true)
  })
})
