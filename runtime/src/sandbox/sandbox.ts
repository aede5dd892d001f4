import { availableParallelism } from 'node:os'
import { limits } from '@whook/shared/limits'
import { createFairQueue } from './fair-queue.js'
import type { ScriptError, SandboxJob } from './messages.js'
import { createSandboxProcess, type Answered } from './sandbox-process.js'
import { scriptInput, type ScriptRequest } from './script-input.js'
import { toScriptResult, type ScriptResult } from './script-result.js'

export type { ScriptError } from './messages.js'
export type { ScriptRequest } from './script-input.js'
export type { ScriptResult } from './script-result.js'

interface Options {
  /** Scripts running at once. */
  threads?: number
  /** Scripts waiting; more are refused with SandboxBusyError. */
  queueMax?: number
}

interface Run {
  script: string
  request: ScriptRequest
  /** Whose script it is: tenants take turns. */
  tenant?: string
}

export class SandboxBusyError extends Error {
  constructor() {
    super('Too many scripts are waiting')
    this.name = 'SandboxBusyError'
  }
}

export type Sandbox = ReturnType<typeof createSandbox>

/**
 * Runs users' scripts where they can do no harm: QuickJS with capped memory, in a thread that is terminated when it does
 * not stop, in a process with an empty environment. What a script does is answered, never thrown.
 */
export function createSandbox({
  threads = Math.min(4, availableParallelism()),
  queueMax = 1000,
}: Options = {}) {
  const process = createSandboxProcess(threads)
  const waiting = createFairQueue<() => void>()
  let running = 0

  async function take(tenant: string, job: Omit<SandboxJob, 'id'>): Promise<Answered> {
    if (running >= threads) {
      if (waiting.size >= queueMax) throw new SandboxBusyError()
      await new Promise<void>((resolve) => waiting.push(tenant, resolve))
    } else running++
    try {
      return await process.run(job)
    } finally {
      // The slot goes to the next in turn, or back.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    /** Calls the script's `transform` once for a request. */
    async run({ script, request, tenant = '' }: Run): Promise<ScriptResult> {
      if (request.body.length > limits.scriptIoBytesMax) return tooLarge(request.body.length)
      const { input, data, size, textType } = scriptInput(request)
      if (size > limits.scriptIoBytesMax) return tooLarge(size)
      return toScriptResult(await take(tenant, { op: 'run', script, input, data }), request.body, textType)
    },

    /** Whether the script can be loaded and has a `transform`: told when it is saved. */
    async check(script: string, tenant = ''): Promise<{ ok: true } | { ok: false; error: ScriptError }> {
      const { result } = await take(tenant, { op: 'check', script, input: '', data: null })
      return result.kind === 'error' ? { ok: false, error: result.error } : { ok: true }
    },

    close: () => process.close(),
    /** Of the child process, once it runs. */
    get pid() {
      return process.pid
    },
  }
}

const tooLarge = (bytes: number): ScriptResult => ({
  kind: 'error',
  error: {
    kind: 'input',
    message: `the body has ${bytes} bytes; a script takes at most ${limits.scriptIoBytesMax}`,
    line: null,
    column: null,
  },
  logs: [],
  durationMs: 0,
})
