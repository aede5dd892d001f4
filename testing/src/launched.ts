import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface Options {
  dataDir: string
  port: number
  /** Folder of the product; this one, if none is given. */
  root?: string
  /** User and group to run as, for tests that run as root. */
  runAs?: { uid: number; gid: number }
  env?: Record<string, string>
  /** Starts it by this command instead, such as npm. */
  command?: [string, ...string[]]
}

const launch: [string, ...string[]] = [
  process.execPath,
  '-e',
  "import('./launcher/dist/src/launch/launch.js').then(({ launch }) => launch(process.env))",
]

export type Launched = ReturnType<typeof launched>

/** The built product started as `npm start` starts it, in a process group of its own, as a terminal would. */
export function launched({
  dataDir,
  port,
  root = fileURLToPath(new URL('../..', import.meta.url)),
  runAs,
  env,
  command: [program, ...args] = launch,
}: Options) {
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

  /** What it printed once it said that it is ready; rejects with all it said when it ended instead. */
  async function ready() {
    const isReady = new Promise<void>((resolve) => {
      const look = () => output.includes('Ctrl-C stops everything') && resolve()
      child.stdout!.on('data', look)
      look()
    })
    const died = ended.then(() => Promise.reject(new Error(`It ended:\n${output}`)))
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
    /** All it printed so far. */
    output: () => output,
    /** Nobody reads what it prints from now on: the other end of `npm start | head` has gone. */
    stopReading: () => [child.stdout!, child.stderr!].forEach((stream) => stream.destroy()),
    /** To the whole group, as Ctrl-C does. */
    signalGroup: (signal: NodeJS.Signals) => process.kill(-child.pid!, signal),
    /** To the process that was started alone: the launcher, or the command. */
    signal: (signal: NodeJS.Signals) => child.kill(signal),
  }
}

/** Processes that still live and were started with this text in their command line or environment. Linux only. */
export function processesOf(text: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        const told = command + readFileSync(`/proc/${pid}/environ`, 'utf8')
        return told.includes(text) ? [`${pid} ${command.slice(0, 200)}`] : []
      } catch {
        // Ended between the two looks.
        return []
      }
    })
}

/** The pid of the api or worker that runs on this data folder; undefined while there is none. Linux only. */
export function pidOf(name: 'api' | 'worker', dataDir: string): number | undefined {
  const found = processesOf(dataDir).find((line) => line.includes(`/${name}/dist/src/main.js`))
  return found === undefined ? undefined : Number.parseInt(found, 10)
}
