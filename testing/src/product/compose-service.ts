import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface ComposeService {
  command: string[]
  environment: Record<string, string | number>
  healthcheck: { test: string[] }
}
type ServiceName = 'api' | 'worker' | 'migrate'

const { services } = parse(readFileSync(`${root}/docker-compose.yml`, 'utf8'), { merge: true }) as {
  services: Record<ServiceName, ComposeService>
}

/**
 * Starts the process of one container without the container: with its command and environment of docker-compose.yml.
 */
export function startService(name: ServiceName, env: Record<string, string>) {
  const [program, ...args] = services[name].command
  const composed = Object.entries(services[name].environment).map(([key, value]) => [key, String(value)])
  const child = spawn(program === 'node' ? process.execPath : program!, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], ...Object.fromEntries(composed), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  const ready = Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error(`${name} ended before it was ready:\n${output}`))),
  ])
  ready.catch(() => {})
  return {
    /** Rejects with the output when the process ends first. */
    ready,
    ended,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
  }
}

/** Runs the health check of the container against the actual port. Resolves to its exit code. */
export async function checkHealth(name: 'api' | 'worker', port: number): Promise<number> {
  const [, program, script, url] = services[name].healthcheck.test
  const address = new URL(url!)
  address.port = String(port)
  const child = spawn(program === 'node' ? process.execPath : program!, [script!, address.href], {
    cwd: root,
  })
  const [code] = await once(child, 'close')
  return code as number
}
