import type { ConsoleLine } from '@whook/shared'

/** `check` only runs the top level and looks for `transform`; `run` calls `transform`. */
export interface SandboxJob {
  id: number
  op: 'run' | 'check'
  script: string
  /** The request as JSON: only strings are passed into a script. */
  input: string
  /** The JSON text of `data`; null when the body is not JSON or a form. */
  data: string | null
}

export const scriptErrorKinds = [
  'syntax',
  'runtime',
  'timeout',
  'memory',
  'result',
  'input',
  'crash',
] as const

export interface ScriptError {
  /** `crash`: the script ended its thread or process. */
  kind: (typeof scriptErrorKinds)[number]
  message: string
  /** Line in the user's script, counted from 1. */
  line: number | null
  column: number | null
}

export type RawResult =
  /** The result as JSON of a `RawOutput`. The script's own context wrote it, so it is untrusted. */
  { kind: 'returned'; json: string } | { kind: 'checked' } | { kind: 'error'; error: ScriptError }

export interface SandboxAnswer {
  id: number
  result: RawResult
  logs: ConsoleLine[]
  durationMs: number
}

/** From the sandbox process to its parent. `ready` is sent for each thread that can run a script. */
export type ProcessMessage = { kind: 'ready' } | { kind: 'answer'; answer: SandboxAnswer }

/** From a thread to its process. `retire`: replace the thread, because its memory is damaged or too large. */
export type ThreadMessage = { kind: 'ready' } | { kind: 'answer'; answer: SandboxAnswer; retire: boolean }
