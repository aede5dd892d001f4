import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { limits } from '../../src/limits.js'
import { entryPoint } from './entry-point.js'
import type { RawResult, SandboxAnswer, SandboxJob } from './messages.js'

export type Answered = Omit<SandboxAnswer, 'id'>

interface Pending {
  job: SandboxJob
  resolve: (answer: Answered) => void
  watchdog: NodeJS.Timeout
}

/** The thread's watchdog answers long before this; it is for a process that answers nothing at all. */
const silenceMs = limits.scriptKillMs * 10

/** One child process, started when first needed and again whenever it is gone. Never rejects: a lost job is a crash. */
export function createSandboxProcess(threads: number) {
  const pending = new Map<number, Pending>()
  let child: ChildProcess | undefined
  let lastId = 0

  function start(): ChildProcess {
    const { url, execArgv } = entryPoint('child')
    const started = fork(fileURLToPath(url), [String(threads)], {
      execArgv: [...execArgv, '--max-old-space-size=128'],
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.on('message', (answer: SandboxAnswer) => settle(answer.id, answer))
    const gone = () => {
      if (child !== started) return
      child = undefined
      for (const id of [...pending.keys()]) settle(id, crashed)
    }
    started.on('exit', gone)
    started.on('error', gone)
    // Work in progress keeps us alive, an idle sandbox does not.
    started.unref()
    started.channel?.unref()
    return started
  }

  function settle(id: number, { result, logs, durationMs }: Answered) {
    const entry = pending.get(id)
    if (!entry) return
    pending.delete(id)
    clearTimeout(entry.watchdog)
    if (pending.size === 0) child?.channel?.unref()
    entry.resolve({ result, logs, durationMs })
  }

  return {
    run(job: Omit<SandboxJob, 'id'>): Promise<Answered> {
      child ??= start()
      child.channel?.ref()
      const id = ++lastId
      return new Promise((resolve) => {
        const watchdog = setTimeout(() => child?.kill('SIGKILL'), silenceMs)
        pending.set(id, { job: { id, ...job }, resolve, watchdog })
        child?.send({ id, ...job }, (error) => error && settle(id, crashed))
      })
    },
    /** Ends the process; what was running is answered as a crash. */
    async close() {
      const closing = child
      if (!closing || closing.exitCode !== null) return
      const exited = new Promise((resolve) => closing.once('exit', resolve))
      closing.kill('SIGKILL')
      await exited
    },
    get pid() {
      return child?.pid
    },
  }
}

const crashed: { result: RawResult; logs: []; durationMs: number } = {
  result: {
    kind: 'error',
    error: {
      kind: 'crash',
      message: 'the script broke its sandbox: its process ended',
      line: null,
      column: null,
    },
  },
  logs: [],
  durationMs: 0,
}
