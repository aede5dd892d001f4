import type { ConsoleLine } from '@whook/shared'

/** `check` runs the top level only and looks for `transform`; `run` calls it. */
export interface SandboxJob {
  id: number
  op: 'run' | 'check'
  script: string
  /** The request as JSON: nothing but strings crosses into a script. */
  input: string
  /** The JSON text that `data` is read from; null when the body is neither JSON nor a form. */
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
  /** `crash`: it took its thread or process with it. */
  kind: (typeof scriptErrorKinds)[number]
  message: string
  /** In the script as its author wrote it, from 1. */
  line: number | null
  column: number | null
}

export type RawResult =
  /** What the script returned, as JSON of a `RawOutput`: written by the script's own context, so not to be trusted. */
  { kind: 'returned'; json: string } | { kind: 'checked' } | { kind: 'error'; error: ScriptError }

export interface SandboxAnswer {
  id: number
  result: RawResult
  logs: ConsoleLine[]
  durationMs: number
}

/** From the process to who started it: `ready` with each thread that can take a script. */
export type ProcessMessage = { kind: 'ready' } | { kind: 'answer'; answer: SandboxAnswer }

/** From a thread to its process: `retire` says that this context may be damaged or has grown. */
export type ThreadMessage = { kind: 'ready' } | { kind: 'answer'; answer: SandboxAnswer; retire: boolean }
