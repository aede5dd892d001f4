import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAfterUs, forgetToEnd } from '@whook/launcher/embedded/end-after-us'
import { Redis } from 'ioredis'

interface RedisOptions {
  appendfsync: 'everysec' | 'always'
}

/** Starts the redis-server of the PATH with an append-only file. Resolves to undefined when there is none. */
export async function startRedis({ appendfsync }: RedisOptions) {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'whook-redis-'))
  const url = `redis://127.0.0.1:${port}`
  const pidFile = join(dir, 'redis.pid')
  let child: ChildProcess | undefined

  async function start(): Promise<boolean> {
    const place = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--pidfile',
      pidFile,
    ]
    const durable = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--maxmemory-policy', 'noeviction']
    const started = spawn('redis-server', [...place, ...durable], { stdio: 'ignore' })
    const found = await new Promise<boolean>((resolve) => {
      started.once('error', () => resolve(false))
      started.once('spawn', () => resolve(true))
    })
    if (!found) return false
    child = started
    endAfterUs(pidFile)
    const probe = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 })
    probe.on('error', () => {})
    await probe.ping()
    probe.disconnect()
    return true
  }
  async function kill() {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  async function stop() {
    await kill()
    await forgetToEnd(pidFile)
    await rm(dir, { recursive: true, force: true })
  }

  if (!(await start())) return undefined
  return {
    url,
    port,
    /** Kills the server with SIGKILL and starts it on the same append-only file. */
    crash: async () => {
      await kill()
      await start()
    },
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
