import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core'
import release from '@jitl/quickjs-wasmfile-release-sync'
import type { ConsoleLine } from '../../src/index.js'
import { limits } from '../../src/limits.js'
import { describeFailure, ScriptFailure } from './describe-failure.js'
import type { RawResult, SandboxJob } from './messages.js'
import { prelude } from './prelude.js'

export const scriptFile = 'transformation.js'
const wasmPageBytes = 64 * 1024
/** QuickJS's own limit does not count ArrayBuffers; the memory it lives in does. */
const memoryPages = { initial: 256, maximum: (2 * limits.scriptMemoryBytes) / wasmPageBytes }
const stackBytes = 256 * 1024
/** Wasm memory never shrinks: a thread that has grown past this is replaced. */
const retireBytes = 24 * 1024 * 1024

export interface VmResult {
  result: RawResult
  logs: ConsoleLine[]
  durationMs: number
  retire: boolean
}

/** One QuickJS per thread; one runtime and context per run, so that nothing of one script is left for the next. */
export async function createVm(wasmModule: WebAssembly.Module) {
  const wasmMemory = new WebAssembly.Memory(memoryPages)
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(release, { wasmModule, wasmMemory }))

  return (job: Pick<SandboxJob, 'op' | 'script' | 'input'>): VmResult => {
    const startedAt = performance.now()
    const logs: ConsoleLine[] = []
    const done = (result: RawResult, damaged: boolean): VmResult => ({
      result,
      logs,
      durationMs: performance.now() - startedAt,
      retire: damaged || wasmMemory.buffer.byteLength > retireBytes,
    })
    try {
      const runtime = quickjs.newRuntime({
        memoryLimitBytes: limits.scriptMemoryBytes,
        maxStackSizeBytes: stackBytes,
      })
      const result = runJob(runtime, job, logs)
      runtime.dispose()
      return done(result, false)
    } catch (error) {
      // Thrown by the host side: the module's state is unknown from here on.
      return done({ kind: 'error', error: hostError(error) }, true)
    }
  }
}

function runJob(
  runtime: QuickJSRuntime,
  job: Pick<SandboxJob, 'op' | 'script' | 'input'>,
  logs: ConsoleLine[],
): RawResult {
  const deadline = performance.now() + limits.scriptMs
  const isLate = () => performance.now() > deadline
  runtime.setInterruptHandler(isLate)
  const context = runtime.newContext()
  const driver = loadPrelude(context, logs)
  try {
    evaluate(context, driver, job.script, isLate)
    const transform = findTransform(context, driver, isLate)
    if (job.op === 'check') {
      transform.dispose()
      return { kind: 'checked' }
    }
    return { kind: 'returned', json: callTransform(context, driver, transform, job.input, isLate) }
  } catch (error) {
    if (error instanceof ScriptFailure) return { kind: 'error', error: error.error }
    throw error
  } finally {
    driver.dispose()
    context.dispose()
  }
}

type IsLate = () => boolean

function loadPrelude(context: QuickJSContext, logs: ConsoleLine[]): QuickJSHandle {
  const make = context.unwrapResult(context.evalCode(prelude, 'prelude.js', { type: 'global' }))
  const log = context.newFunction('log', (level, text) => {
    if (logs.length < limits.consoleLinesMax) {
      logs.push({ level: context.getString(level) as ConsoleLine['level'], text: context.getString(text) })
    }
  })
  const driver = context.unwrapResult(context.callFunction(make, context.undefined, log))
  log.dispose()
  make.dispose()
  return driver
}

function evaluate(context: QuickJSContext, driver: QuickJSHandle, script: string, isLate: IsLate) {
  const result = context.evalCode(script, scriptFile, { type: 'global' })
  if (result.error) throw describeFailure(context, driver, result.error, { isLate, phase: 'load' })
  result.value.dispose()
}

function findTransform(context: QuickJSContext, driver: QuickJSHandle, isLate: IsLate): QuickJSHandle {
  const found = context.evalCode('typeof transform === "function" ? transform : undefined', 'find.js', {
    type: 'global',
  })
  if (found.error) throw describeFailure(context, driver, found.error, { isLate, phase: 'load' })
  if (context.typeof(found.value) === 'function') return found.value
  found.value.dispose()
  const message = 'the script has no function transform(data, request)'
  throw new ScriptFailure({ kind: 'syntax', message, line: null, column: null })
}

function callTransform(
  context: QuickJSContext,
  driver: QuickJSHandle,
  transform: QuickJSHandle,
  input: string,
  isLate: IsLate,
): string {
  const text = context.newString(input)
  call(context, driver, 'start', [transform, text], { isLate, phase: 'run' })?.dispose()
  text.dispose()
  transform.dispose()
  while (context.runtime.hasPendingJob() && !isLate()) {
    const jobs = context.runtime.executePendingJobs(100)
    if (jobs.error) throw describeFailure(context, driver, jobs.error, { isLate, phase: 'run' })
  }
  const collected = call(context, driver, 'collect', [], { isLate, phase: 'result' })
  const json = context.typeof(collected) === 'string' ? context.getString(collected) : ''
  collected.dispose()
  return json
}

function call(
  context: QuickJSContext,
  driver: QuickJSHandle,
  name: 'start' | 'collect',
  args: QuickJSHandle[],
  circumstances: { isLate: IsLate; phase: 'run' | 'result' },
): QuickJSHandle {
  const method = context.getProp(driver, name)
  const result = context.callFunction(method, context.undefined, ...args)
  method.dispose()
  if (result.error) throw describeFailure(context, driver, result.error, circumstances)
  return result.value
}

function hostError(error: unknown) {
  const tooDeep = error instanceof RangeError
  return {
    kind: tooDeep ? ('runtime' as const) : ('memory' as const),
    message: tooDeep ? 'the script nested too deeply' : 'the script used more memory than a script may',
    line: null,
    column: null,
  }
}
