import type { QuickJSContext, QuickJSHandle, Scope } from 'quickjs-emscripten-core'
import { consoleLevels, type ConsoleLine } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { describeFailure, scriptFile, type Phase } from './describe-failure.js'
import { prelude } from './prelude.js'

/** On top of the script's time and memory: to say where it stood when they were used up. */
const describeMs = 50
const describeBytes = 1024 * 1024
/** Beyond what any result within the limits can take as JSON: its context was tampered with. */
const jsonCharsMax = 8 * limits.scriptIoBytesMax

export type Run = ReturnType<typeof createRun>

/** What the host does with one script's context. Handles are given back with the scope; errors become ScriptFailures. */
export function createRun(context: QuickJSContext, scope: Scope, logs: ConsoleLine[]) {
  const keep = (handle: QuickJSHandle) => scope.manage(handle)
  const log = keep(context.newFunction('log', (level, text) => addLine(textOf(level), textOf(text))))
  const make = keep(context.unwrapResult(context.evalCode(prelude, 'prelude.js', { type: 'global' })))
  const driver = keep(context.unwrapResult(context.callFunction(make, context.undefined, log)))

  // From here on it is the script's own time.
  const deadline = performance.now() + limits.scriptMs
  const isLate = () => performance.now() > deadline
  context.runtime.setInterruptHandler(isLate)

  function addLine(level: string, text: string) {
    const known = consoleLevels.find((name) => name === level)
    if (!known || logs.length >= limits.consoleLinesMax) return
    logs.push({ level: known, text: text.slice(0, limits.consoleLineCharsMax) })
  }

  /** A string primitive's length is its own, whatever the script did. */
  function textOf(handle: QuickJSHandle): string {
    if (context.typeof(handle) !== 'string') return ''
    const length = context.getProp(handle, 'length').consume((value) => context.getNumber(value))
    return length > jsonCharsMax ? '' : context.getString(handle)
  }

  function settled(phase: Phase, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    if (result.error) throw failure(phase, result.error)
    return keep(result.value)
  }

  function failure(phase: Phase, thrown: QuickJSHandle) {
    const late = isLate()
    const until = Math.max(deadline, performance.now() + describeMs)
    context.runtime.setInterruptHandler(() => performance.now() > until)
    context.runtime.setMemoryLimit(limits.scriptMemoryBytes + describeBytes)
    const described = invoke('describe', keep(thrown))
    if (described.error) described.error.dispose()
    return describeFailure(described.error ? '' : textOf(keep(described.value)), { late, phase })
  }

  function invoke(name: 'start' | 'collect' | 'describe', ...args: QuickJSHandle[]) {
    return context.callFunction(keep(context.getProp(driver, name)), context.undefined, ...args)
  }

  return {
    context,
    textOf,
    evaluate: (code: string, file = scriptFile) =>
      settled('load', context.evalCode(code, file, { type: 'global' })),
    call: (name: 'start' | 'collect', phase: Phase, ...args: QuickJSHandle[]) =>
      settled(phase, invoke(name, ...args.map(keep))),
    /** Runs what the script's promises wait for. */
    finishPromises() {
      while (context.runtime.hasPendingJob()) {
        const { error } = context.runtime.executePendingJobs(100)
        if (error) throw failure('run', error)
      }
    },
  }
}
