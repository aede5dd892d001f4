import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface LaunchOptions {
  dataDir: string
  port: number
  /** Folder of the product. Default: this repository. */
  root?: string
  /** User and group of the process, for tests that run as root. */
  runAs?: { uid: number; gid: number }
  env?: Record<string, string>
  /** Another command that starts the product, such as npm. */
  command?: [string, ...string[]]
}

const launch: [string, ...string[]] = [
  process.execPath,
  '-e',
  "import('./launcher/dist/src/launch/launch.js').then(({ launch }) => launch(process.env))",
]

export type Launched = ReturnType<typeof launched>

/** Starts the built product like `npm start`, in its own process group, as a terminal does. */
export function launched({
  dataDir,
  port,
  root = fileURLToPath(new URL('../..', import.meta.url)),
  runAs,
  env,
  command: [program, ...args] = launch,
}: LaunchOptions) {
  const child: ChildProcess = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: dataDir, DATA_DIR: dataDir, APP_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...runAs,
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal,
    output,
  }))
  const line = (pattern: RegExp) => pattern.exec(output)?.[0]

  /** Resolves to the printed URLs when the product is ready. Rejects with its output when it ends first. */
  async function ready() {
    const isReady = new Promise<void>((resolve) => {
      const look = () => output.includes('Ctrl-C stops everything') && resolve()
      child.stdout!.on('data', look)
      look()
    })
    const died = ended.then(() =>
      Promise.reject(new Error(`The product ended before it was ready:\n${output}`)),
    )
    await Promise.race([isReady, died])
    died.catch(() => {})
    return {
      url: line(/http:\/\/localhost:\d+(?=\n)/)!,
      loginUrl: line(/http:\S+\/login#token=\S+/)!,
      webhookUrl: line(/http:\S+\/wh_\w{22}(?=\n)/)!,
      curl: line(/curl .*/)!,
    }
  }
  return {
    pid: child.pid!,
    ready,
    ended,
    /** Returns the whole output so far. */
    output: () => output,
    /** Closes the pipes of its output, as when the reader in `npm start | head` ends. */
    stopReading: () => [child.stdout!, child.stderr!].forEach((stream) => stream.destroy()),
    /** Sends the signal to the whole process group, as Ctrl-C does. */
    signalGroup: (signal: NodeJS.Signals) => process.kill(-child.pid!, signal),
    /** Sends the signal only to the started process: the launcher or the command. */
    signal: (signal: NodeJS.Signals) => child.kill(signal),
  }
}

/** Returns the running processes with this text in their command line or environment. Linux only. */
export function processesOf(text: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        const told = command + readFileSync(`/proc/${pid}/environ`, 'utf8')
        return told.includes(text) ? [`${pid} ${command.slice(0, 200)}`] : []
      } catch {
        // The process ended after it was listed.
        return []
      }
    })
}

/** Returns the pid of the api or worker of this data folder; undefined while none runs. Linux only. */
export function pidOf(name: 'api' | 'worker', dataDir: string): number | undefined {
  const found = processesOf(dataDir).find((line) => line.includes(`/${name}/dist/src/main.js`))
  return found === undefined ? undefined : Number.parseInt(found, 10)
}
