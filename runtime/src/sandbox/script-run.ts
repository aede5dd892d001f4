import type { QuickJSContext, QuickJSHandle, Scope } from 'quickjs-emscripten-core'
import { consoleLevels, type ConsoleLine } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { describeFailure, scriptFile, type Phase } from './describe-failure.js'
import { prelude } from './prelude.js'

/** Extra time and memory to find the place in the script after it used up its own. */
const describeMs = 50
const describeBytes = 1024 * 1024
/** Longer than the JSON of every valid result: the script manipulated its context. */
const jsonCharsMax = 8 * limits.scriptIoBytesMax

export type Run = ReturnType<typeof createRun>

/** Operations of the host on one script's context. The scope disposes handles. Errors become ScriptFailures. */
export function createRun(context: QuickJSContext, scope: Scope, logs: ConsoleLine[]) {
  const keep = (handle: QuickJSHandle) => scope.manage(handle)
  const log = keep(context.newFunction('log', (level, text) => addLine(textOf(level), textOf(text))))
  const make = keep(context.unwrapResult(context.evalCode(prelude, 'prelude.js', { type: 'global' })))
  const driver = keep(context.unwrapResult(context.callFunction(make, context.undefined, log)))

  // The time of the script starts here.
  const deadline = performance.now() + limits.scriptMs
  const isLate = () => performance.now() > deadline
  context.runtime.setInterruptHandler(isLate)

  function addLine(level: string, text: string) {
    const known = consoleLevels.find((name) => name === level)
    if (!known || logs.length >= limits.consoleLinesMax) return
    logs.push({ level: known, text: text.slice(0, limits.consoleLineCharsMax) })
  }

  /** A script cannot change the length of a string primitive. */
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
    /** Runs the pending jobs of the script's promises. */
    finishPromises() {
      while (context.runtime.hasPendingJob()) {
        const { error } = context.runtime.executePendingJobs(100)
        if (error) throw failure('run', error)
      }
    },
  }
}
