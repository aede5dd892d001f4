import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { aptInstall, onPath } from './programs.mjs'

/**
 * Returns a real Redis for the tests: the server of REDIS_URL, else a new server on a free port that `stop` ends. Installs
 * the program in both cases, because the crash tests start and kill their own servers. Undefined if no Redis is available.
 */
export async function findRedis() {
  const program = onPath('redis-server') ?? (aptInstall('redis-server') ? onPath('redis-server') : undefined)
  const given = process.env.REDIS_URL
  if (given) return { url: given, stop: async () => {} }
  return program ? startRedis(program) : undefined
}

async function startRedis(program) {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'whook-test-redis-'))
  const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '']
  const child = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir].concat(durable),
    { stdio: 'ignore' },
  )
  const closed = new Promise((resolve) => child.once('close', resolve))
  const endWithUs = () => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  await listening(port, child)
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      process.removeListener('exit', endWithUs)
      child.kill('SIGKILL')
      await closed
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function listening(port, child) {
  const deadline = Date.now() + 10_000
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('redis-server did not start')
    await sleep(50)
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
