import { createPathSet, type PathSet } from '../content/body-reader.js'
import type { FieldError, FilterFailure } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { patternInstructionsMax } from './operators.js'
import { compileClause } from './compile-clause.js'
import type { FilterInput } from './filter-input.js'
import { previewNode } from './preview.js'

export type FilterVerdict = { passed: true } | { passed: false; failure: FilterFailure }
export type CompiledFilter =
  | {
      ok: true
      test: (input: FilterInput) => FilterVerdict
      /** To be awaited before `test` where others wait for this process: it reads a large body in slices. */
      prepare: (input: FilterInput) => Promise<void>
      /** Steps that one test takes at most for each byte of the body, parsing aside: about a nanosecond or two each. */
      stepsPerByte: number
    }
  | { ok: false; errors: FieldError[] }

/** Why a node passed or not. Descriptions are made only when they are asked for. */
export interface Evaluation {
  passed: boolean
  node: unknown
  path: string
  found: () => string
}
type Evaluate = (input: FilterInput) => Evaluation

/** What the walk through one filter counts and collects. */
export interface Compilation {
  errors: FieldError[]
  clauses: number
  clauseSteps: number
  patternInstructions: number
  /** Of all clauses: one scan of a body serves them. */
  paths: PathSet
}

/**
 * Checks a filter and makes it runnable, or says everything that is wrong with it, each with its place as a JSON pointer
 * below `at`. Runs in bounded time whatever the request: clauses, nesting, patterns and the text they see are capped.
 */
export function compileFilter(filter: unknown, at = ''): CompiledFilter {
  const paths = createPathSet()
  const compilation: Compilation = { errors: [], clauses: 0, clauseSteps: 0, patternInstructions: 0, paths }
  const evaluate = compileNode(filter, at, 1, compilation)
  const { errors, clauses, clauseSteps, patternInstructions } = compilation
  if (clauses > limits.filterClausesMax) {
    errors.push({ path: at, message: `has more than ${limits.filterClausesMax} clauses` })
  }
  if (patternInstructions > patternInstructionsMax) {
    errors.push({ path: at, message: 'has patterns that are too large together; shorten the repetitions' })
  }
  if (errors.length > 0) return { ok: false, errors: errors.slice(0, limits.problemErrorsMax) }

  return {
    ok: true,
    prepare: (input) => input.prepare(paths),
    stepsPerByte: clauseSteps + patternInstructions,
    test(input) {
      const { passed, node, path, found } = evaluate(input)
      if (passed) return { passed }
      return { passed, failure: { clause: previewNode(node), path: path.slice(at.length), found: found() } }
    },
  }
}

const never: Evaluate = () => {
  throw new Error('A filter with errors was run')
}

function compileNode(node: unknown, path: string, depth: number, compilation: Compilation): Evaluate {
  const fail = (message: string, place = path) => {
    compilation.errors.push({ path: place, message })
    return never
  }
  // Nobody reads more faults, and each pattern that is one costs an attempt to compile it.
  if (compilation.errors.length >= limits.problemErrorsMax) return never
  if (depth > limits.filterDepthMax) return fail(`is nested deeper than ${limits.filterDepthMax}`)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    return fail('must be a clause, or {and: [...]}, {or: [...]}, {not: ...}')
  }
  const joiner = (['and', 'or', 'not'] as const).find((key) => Object.hasOwn(node, key))
  if (!joiner) {
    if (++compilation.clauses > limits.filterClausesMax) return never
    return compileClause(node, path, compilation)
  }
  if (Object.keys(node).length > 1) return fail(`must have nothing beside "${joiner}"`)

  const inside = (node as Record<string, unknown>)[joiner]
  if (joiner === 'not') return negated(compileNode(inside, `${path}/not`, depth + 1, compilation), node, path)
  if (!Array.isArray(inside) || inside.length === 0)
    return fail('must be a list with at least one filter', `${path}/${joiner}`)
  const parts = inside
    .slice(0, limits.filterClausesMax + 1)
    .map((part, index) => compileNode(part, `${path}/${joiner}/${index}`, depth + 1, compilation))
  if (inside.length > parts.length)
    fail(`has more than ${limits.filterClausesMax} filters`, `${path}/${joiner}`)
  return joiner === 'and' ? all(parts, node, path) : any(parts, node, path)
}

/** The first part that does not pass is the reason. */
const all =
  (parts: Evaluate[], node: unknown, path: string): Evaluate =>
  (input) => {
    for (const part of parts) {
      const result = part(input)
      if (!result.passed) return result
    }
    return { passed: true, node, path, found: () => 'every part passed' }
  }

/** No part is the reason alone: what each found is told. */
const any =
  (parts: Evaluate[], node: unknown, path: string): Evaluate =>
  (input) => {
    const failed: Evaluation[] = []
    for (const part of parts) {
      const result = part(input)
      if (result.passed) return result
      failed.push(result)
    }
    const found = () =>
      failed
        .slice(0, 5)
        .map((result) => result.found())
        .join(', ')
        .slice(0, 1000)
    return { passed: false, node, path, found }
  }

const negated =
  (part: Evaluate, node: unknown, path: string): Evaluate =>
  (input) => {
    const { passed, found } = part(input)
    return { passed: !passed, node, path, found }
  }
