import { limits } from '@whook/shared/limits'
import type { ScriptError } from './messages.js'

/** A failure of the user's script, not of Whook. */
export class ScriptFailure extends Error {
  constructor(readonly error: ScriptError) {
    super(error.message)
  }
}

/** Name of the user's script in stack traces. */
export const scriptFile = 'transformation.js'

/** `load`: top level of the script. `run`: in transform. `result`: conversion of the result to JSON. */
export type Phase = 'load' | 'run' | 'result'

interface FailureContext {
  late: boolean
  phase: Phase
}

const placePattern = /transformation\.js:(\d+)(?::(\d+))?/
const megabytes = limits.scriptMemoryBytes / 1024 / 1024

/** Returns the error and its place in the user's script, from the description by the script's own context. */
export function describeFailure(described: string, { late, phase }: FailureContext): ScriptFailure {
  const { name, message, stack } = parseDescription(described)
  const [, line, column] = placePattern.exec(stack) ?? []
  const place = { line: line ? Number(line) : null, column: column ? Number(column) : null }
  if (late) {
    const message = `the script ran longer than ${limits.scriptMs} ms`
    return new ScriptFailure({ kind: 'timeout', message, ...place })
  }
  if (outOfMemory.test(message)) {
    const message = `the script used more than ${megabytes} MB`
    return new ScriptFailure({ kind: 'memory', message, ...place })
  }
  const kind =
    phase === 'result' ? 'result' : phase === 'load' && name === 'SyntaxError' ? 'syntax' : 'runtime'
  const named = name && name !== 'Error' && kind !== 'result' ? `${name}: ${message}` : message
  return new ScriptFailure({ kind, message: printable(named), ...place })
}

const outOfMemory = /^(out of memory|string too long|invalid array buffer length)$/

function parseDescription(json: string) {
  try {
    const { name, message, stack } = JSON.parse(json) as Record<string, unknown>
    return { name: String(name ?? ''), message: String(message), stack: String(stack ?? '') }
  } catch {
    // The script replaced the functions for the description, or left no memory for it.
    return { name: '', message: 'the script threw a value that cannot be read', stack: '' }
  }
}

/** Returns one line of at most 1000 bytes, without control characters or direction marks. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  return Buffer.from(clean)
    .subarray(0, 1000)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
}
