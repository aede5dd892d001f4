import { availableParallelism } from 'node:os'
import { limits } from '@whook/shared/limits'
import { createFairQueue } from '../fair-queue.js'
import type { ScriptError, SandboxJob } from './messages.js'
import { createSandboxProcess, type Answered } from './sandbox-process.js'
import { scriptInput, type ScriptRequest } from './script-input.js'
import { toScriptResult, type ScriptResult } from './script-result.js'

export type { ScriptError } from './messages.js'
export type { ScriptRequest } from './script-input.js'
export type { ScriptResult } from './script-result.js'

interface SandboxOptions {
  /** Maximum number of scripts that run at the same time. */
  threads?: number
  /** Maximum number of waiting scripts. Further ones throw SandboxBusyError. */
  queueMax?: number
}

interface ScriptRun {
  script: string
  request: ScriptRequest
  /** Owner of the script. The queue serves tenants with round robin. */
  tenant?: string
}

export class SandboxBusyError extends Error {
  constructor() {
    super('Too many scripts are waiting; retry later')
    this.name = 'SandboxBusyError'
  }
}

export type Sandbox = ReturnType<typeof createSandbox>

/**
 * Runs users' scripts in isolation: QuickJS with limited memory, in a thread that is terminated on timeout, in a process
 * with an empty environment. A failure of a script is returned, never thrown.
 */
export function createSandbox({
  threads = Math.min(4, availableParallelism()),
  queueMax = 1000,
}: SandboxOptions = {}) {
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
      // Pass the slot to the next waiting script, or free it.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    /** Calls the script's `transform` once for a request. Throws SandboxBusyError. */
    async run({ script, request, tenant = '' }: ScriptRun): Promise<ScriptResult> {
      if (request.body.length > limits.scriptIoBytesMax) return tooLarge(request.body.length)
      const { input, data, size, textType } = scriptInput(request)
      if (size > limits.scriptIoBytesMax) return tooLarge(size)
      return toScriptResult(await take(tenant, { op: 'run', script, input, data }), request.body, textType)
    },

    /** Returns ok when the script loads and has a `transform`. For the check on save. Throws SandboxBusyError. */
    async check(script: string, tenant = ''): Promise<{ ok: true } | { ok: false; error: ScriptError }> {
      const { result } = await take(tenant, { op: 'check', script, input: '', data: null })
      return result.kind === 'error' ? { ok: false, error: result.error } : { ok: true }
    },

    close: () => process.close(),
    /** Process id of the child process; undefined while it does not run. */
    get pid() {
      return process.pid
    },
  }
}

const tooLarge = (bytes: number): ScriptResult => ({
  kind: 'error',
  error: {
    kind: 'input',
    message: `the body has ${bytes} bytes; the limit for scripts is ${limits.scriptIoBytesMax} bytes`,
    line: null,
    column: null,
  },
  logs: [],
  durationMs: 0,
})
