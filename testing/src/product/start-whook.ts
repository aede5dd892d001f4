import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const readyMs = 200_000

export interface Whook {
  url: string
  /** Sign-in link, valid once. */
  loginUrl: string
  hookUrl: string
  dataDir: string
  /** Calls the REST API as the local owner. */
  api: <T>(method: string, path: string, body?: unknown) => Promise<T>
  /** Stops the product with SIGINT. */
  kill: () => Promise<void>
  /** Starts the product again on the same port and data. */
  start: () => Promise<void>
  close: () => Promise<void>
}

/** Starts the product like `npm start`, on a free port and with its own data folder. */
export async function startWhook(): Promise<Whook> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook-e2e-'))
  const port = await freePort()
  const key = randomBytes(24).toString('hex')
  const env = { ...process.env, APP_PORT: String(port), DATA_DIR: dataDir, WHOOK_API_KEY: key, REDIS_URL: '' }
  const url = `http://localhost:${port}`
  let child: ChildProcess | undefined

  const whook: Whook = {
    url,
    loginUrl: '',
    hookUrl: '',
    dataDir,
    async api<T>(method: string, path: string, body?: unknown) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return (answer.status === 204 ? undefined : await answer.json()) as T
    },
    async start() {
      child = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const said = await untilReady(child)
      whook.loginUrl = /http:\S+\/login#token=\S+/.exec(said)![0]
      whook.hookUrl = /http:\S+\/wh_\w{22}/.exec(said)![0]
    },
    async kill() {
      await end(child, 'SIGINT')
    },
    async close() {
      await end(child, 'SIGINT')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  await whook.start()
  return whook
}

async function untilReady(child: ChildProcess): Promise<string> {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk))
  const until = Date.now() + readyMs
  while (!/curl -d/.test(said)) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`Whook did not start:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return said
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
