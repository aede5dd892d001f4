import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

interface Options {
  appendfsync: 'everysec' | 'always'
}

/** A redis-server of our own with the append-only file on, from the PATH; undefined where there is none. */
export async function startRedis({ appendfsync }: Options) {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'whook-redis-'))
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes'].concat(
      ['--appendfsync', appendfsync, '--maxmemory-policy', 'noeviction'],
    ),
    { stdio: 'ignore' },
  )
  const missing = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true))
    child.once('spawn', () => resolve(false))
  })
  if (missing) return undefined

  const url = `redis://127.0.0.1:${port}`
  const probe = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 })
  await probe.ping()
  probe.disconnect()
  const stop = async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    await rm(dir, { recursive: true, force: true })
  }
  return { url, port, pid: child.pid!, stop, [Symbol.asyncDispose]: stop }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
