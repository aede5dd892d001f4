import type { FieldError } from '@whook/shared'
import type { PathSet } from '../content/body-reader.js'

/** Counters and errors of the compilation of one filter. */
export interface Compilation {
  errors: FieldError[]
  clauses: number
  clauseSteps: number
  patternInstructions: number
  /** Paths of all clauses: one scan of a body finds their values. */
  paths: PathSet
}

/** Result of a node. `found` creates the description only when called. */
export interface Evaluation {
  passed: boolean
  node: unknown
  path: string
  found: () => string
}
