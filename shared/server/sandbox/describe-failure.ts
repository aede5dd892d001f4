import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core'
import { limits } from '../../src/limits.js'
import type { ScriptError } from './messages.js'

/** The script's fault, not ours. */
export class ScriptFailure extends Error {
  constructor(readonly error: ScriptError) {
    super(error.message)
  }
}

interface Circumstances {
  isLate: () => boolean
  /** `load`: the top level of the script. `run`: in transform. `result`: while its result was made into JSON. */
  phase: 'load' | 'run' | 'result'
}

const place = /transformation\.js:(\d+)(?::(\d+))?/
const megabytes = limits.scriptMemoryBytes / 1024 / 1024

/**
 * What went wrong, with its place in the user's script. A thrown value can be anything, with getters that loop: it is
 * read inside the VM, under the same deadline.
 */
export function describeFailure(
  context: QuickJSContext,
  driver: QuickJSHandle,
  thrown: QuickJSHandle,
  { isLate, phase }: Circumstances,
): ScriptFailure {
  const { name, message, stack } = read(context, driver, thrown)
  thrown.dispose()
  const [, line, column] = place.exec(stack) ?? []
  const told = { line: line ? Number(line) : null, column: column ? Number(column) : null }
  if (isLate()) {
    return new ScriptFailure({
      kind: 'timeout',
      message: `the script ran longer than ${limits.scriptMs} ms`,
      ...told,
    })
  }
  if (outOfMemory.test(message) || message === 'null') {
    return new ScriptFailure({
      kind: 'memory',
      message: `the script used more than ${megabytes} MB`,
      ...told,
    })
  }
  const kind =
    phase === 'result' ? 'result' : phase === 'load' && name === 'SyntaxError' ? 'syntax' : 'runtime'
  const named = name && name !== 'Error' && kind !== 'result' ? `${name}: ${message}` : message
  return new ScriptFailure({ kind, message: printable(named), ...told })
}

const outOfMemory = /^(out of memory|string too long|invalid array buffer length)$/

function read(context: QuickJSContext, driver: QuickJSHandle, thrown: QuickJSHandle) {
  const describe = context.getProp(driver, 'describe')
  const result = context.callFunction(describe, context.undefined, thrown)
  describe.dispose()
  if (result.error) {
    result.error.dispose()
    return { name: '', message: 'the script threw something that cannot be read', stack: '' }
  }
  const json = context.typeof(result.value) === 'string' ? context.getString(result.value) : ''
  result.value.dispose()
  return parseDescription(json)
}

function parseDescription(json: string) {
  const nothing = { name: '', message: 'the script threw something that cannot be read', stack: '' }
  try {
    const value = JSON.parse(json) as Partial<typeof nothing>
    return {
      name: String(value.name ?? ''),
      message: String(value.message),
      stack: String(value.stack ?? ''),
    }
  } catch {
    // The script replaced what it is described with.
    return nothing
  }
}

/** One line of at most 1000 bytes, without control characters or direction marks. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  return Buffer.from(clean)
    .subarray(0, 1000)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
}
