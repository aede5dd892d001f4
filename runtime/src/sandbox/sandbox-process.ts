import { fork, type ChildProcess } from 'node:child_process'
import { limits } from '@whook/shared/limits'
import { childEntry } from './entry-point.js'
import type { ProcessMessage, SandboxAnswer, SandboxJob } from './messages.js'

export type Answered = Omit<SandboxAnswer, 'id'>

interface PendingJob {
  job: SandboxJob
  /** Remaining attempts: a crashing process also loses jobs that did not cause the crash. */
  attemptsLeft: number
  resolve: (answer: Answered) => void
  watchdog?: NodeJS.Timeout
}

/** Much longer than the watchdog of a thread: only for a process that does not respond at all. */
const silenceMs = limits.scriptKillMs * 10
/** A starting process has more time: on a busy machine, loading can take longer than the limit of a script. */
const startMs = 60_000
const attemptsMax = 2

/** Manages one child process, started on first use and restarted after its end. A lost job resolves as a crash. */
export function createSandboxProcess(threads: number) {
  const pending = new Map<number, PendingJob>()
  let child: ChildProcess | undefined
  let ready = false
  let lastId = 0
  let closed = false

  function start(): ChildProcess {
    const { file, execArgv } = childEntry()
    ready = false
    const started = fork(file, [String(threads)], {
      execArgv: [...execArgv, '--max-old-space-size=128'],
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.on('message', (message: ProcessMessage) => {
      if (message.kind === 'answer') return settle(message.answer.id, message.answer)
      if (child !== started || ready) return
      ready = true
      for (const entry of pending.values()) watch(entry, started)
    })
    const onEnd = () => {
      if (child !== started) return
      child = undefined
      for (const entry of [...pending.values()]) assign(entry)
    }
    started.on('exit', onEnd)
    started.on('error', onEnd)
    return started
  }

  function assign(entry: PendingJob) {
    clearTimeout(entry.watchdog)
    if (closed || entry.attemptsLeft-- === 0) return settle(entry.job.id, crashed)
    const process = (child ??= start())
    keepAlive(true)
    watch(entry, process)
    // When the send fails, the process is ending. Its end passes the job to the next process.
    process.send(entry.job, (error) => error && process.kill('SIGKILL'))
  }

  function watch(entry: PendingJob, process: ChildProcess) {
    clearTimeout(entry.watchdog)
    entry.watchdog = setTimeout(() => process.kill('SIGKILL'), ready ? silenceMs : startMs)
  }

  function settle(id: number, { result, logs, durationMs }: Answered) {
    const entry = pending.get(id)
    if (!entry) return
    pending.delete(id)
    clearTimeout(entry.watchdog)
    if (pending.size === 0) keepAlive(false)
    entry.resolve({ result, logs, durationMs })
  }

  /** Running jobs keep the parent process alive; an idle sandbox does not. */
  function keepAlive(needed: boolean) {
    for (const handle of [child, child?.channel]) {
      if (needed) handle?.ref()
      else handle?.unref()
    }
  }

  return {
    run: (job: Omit<SandboxJob, 'id'>) =>
      new Promise<Answered>((resolve) => {
        const entry = { job: { id: ++lastId, ...job }, attemptsLeft: attemptsMax, resolve }
        pending.set(entry.job.id, entry)
        assign(entry)
      }),
    /** Ends the process. Running jobs resolve as crashes. */
    async close() {
      closed = true
      if (!child) return
      const exited = new Promise((resolve) => child?.once('exit', resolve))
      child.ref()
      child.kill('SIGKILL')
      await exited
    },
    get pid() {
      return child?.pid
    },
  }
}

const crashed: Answered = {
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
