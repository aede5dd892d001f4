import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  Scope,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import release from '@jitl/quickjs-wasmfile-release-sync'
import type { ConsoleLine } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { ScriptFailure } from './describe-failure.js'
import type { RawResult, SandboxJob } from './messages.js'
import { exactNumbers } from './exact-numbers.js'
import { createRun, type Run } from './script-run.js'

const wasmPageBytes = 64 * 1024
/** The memory limit of QuickJS does not count ArrayBuffers. The limit of the Wasm memory does. */
const memoryPages = { initial: 256, maximum: (2 * limits.scriptMemoryBytes) / wasmPageBytes }
const stackBytes = 256 * 1024
/** Wasm memory never shrinks: a thread with more memory than this is replaced. */
const retireBytes = 24 * 1024 * 1024

export interface VmResult {
  result: RawResult
  logs: ConsoleLine[]
  durationMs: number
  retire: boolean
}

/** Creates one QuickJS per thread. Each run has its own runtime and context, so scripts share no state. */
export async function createVm(wasmModule: WebAssembly.Module) {
  const wasmMemory = new WebAssembly.Memory(memoryPages)
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(release, { wasmModule, wasmMemory }))

  return (job: VmJob): VmResult => {
    const startedAt = performance.now()
    const logs: ConsoleLine[] = []
    const { result, damaged } = runJob(quickjs, job, logs)
    const durationMs = performance.now() - startedAt
    return { result, logs, durationMs, retire: damaged || wasmMemory.buffer.byteLength > retireBytes }
  }
}

type VmJob = Pick<SandboxJob, 'op' | 'script' | 'input' | 'data'>

/** `damaged`: the Wasm module failed, and its state is unknown. */
function runJob(quickjs: QuickJSWASMModule, job: VmJob, logs: ConsoleLine[]) {
  const outcome: { result?: RawResult } = {}
  try {
    const runtime = quickjs.newRuntime({
      memoryLimitBytes: limits.scriptMemoryBytes,
      maxStackSizeBytes: stackBytes,
    })
    const context = runtime.newContext()
    // All handles must be disposed before their context. Otherwise the module aborts.
    Scope.withScope((scope) => {
      outcome.result = attempt(() => runScript(createRun(context, scope, logs), job))
    })
    context.dispose()
    runtime.dispose()
    return { result: outcome.result!, damaged: false }
  } catch (error) {
    return { result: outcome.result ?? { kind: 'error' as const, error: hostError(error) }, damaged: true }
  }
}

function attempt(work: () => RawResult): RawResult {
  try {
    return work()
  } catch (error) {
    if (error instanceof ScriptFailure) return { kind: 'error', error: error.error }
    throw error
  }
}

function runScript(run: Run, job: VmJob): RawResult {
  const { context } = run
  run.evaluate(job.script)
  const transform = run.evaluate('typeof transform === "function" ? transform : undefined', 'find.js')
  if (context.typeof(transform) !== 'function') {
    const message = 'the script has no function transform(data, request)'
    throw new ScriptFailure({ kind: 'syntax', message, line: null, column: null })
  }
  if (job.op === 'check') return { kind: 'checked' }

  const exact = job.data === null ? 'not-json' : exactNumbers(job.data)
  if (exact === 'too-deep' || exact === 'too-many') {
    const message =
      exact === 'too-deep'
        ? `the body is nested too deeply; the limit for scripts is ${limits.scriptJsonDepthMax} levels`
        : 'the body has too many numbers that JavaScript cannot represent'
    throw new ScriptFailure({ kind: 'input', message, line: null, column: null })
  }
  const texts =
    exact === 'not-json' ? [null, null, null] : [job.data, exact?.numbers ?? null, exact?.mark ?? null]
  const strings = [job.input, ...texts].map((text) =>
    text === null ? context.null : context.newString(text),
  )
  run.call('start', 'run', transform, ...strings)
  run.finishPromises()
  return { kind: 'returned', json: run.textOf(run.call('collect', 'result')) }
}

function hostError(error: unknown) {
  const tooDeep = error instanceof RangeError
  return {
    kind: tooDeep ? ('runtime' as const) : ('memory' as const),
    message: tooDeep ? 'the script nested too deeply' : 'the script exceeded its memory limit',
    line: null,
    column: null,
  }
}
