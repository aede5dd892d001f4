import { createPathSet } from '../content/body-reader.js'
import type { FieldError, FilterFailure } from '@whook/shared'
import { limits } from '@whook/shared/limits'
import { patternInstructionsMax } from './operators.js'
import type { Compilation, Evaluation } from './compilation.js'
import { compileClause } from './compile-clause.js'
import type { FilterInput } from './filter-input.js'
import { previewNode } from './preview.js'

export type FilterVerdict = { passed: true } | { passed: false; failure: FilterFailure }
export type CompiledFilter =
  | {
      ok: true
      test: (input: FilterInput) => FilterVerdict
      /** Await it before `test` in a process that serves other requests: it reads a large body in slices. */
      prepare: (input: FilterInput) => Promise<void>
      /** Maximum steps of one test per byte of the body, without parsing. A step takes about one or two nanoseconds. */
      stepsPerByte: number
    }
  | { ok: false; errors: FieldError[] }

type Evaluate = (input: FilterInput) => Evaluation

/**
 * Compiles a filter, or returns all its errors, each with its place as a JSON pointer below `at`. The test runs in bounded
 * time for every request: clauses, nesting, patterns and their input are limited.
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
    errors.push({ path: at, message: 'has patterns that are too large in total; shorten the repetitions' })
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
  // More errors do not help the user, and compiling each invalid pattern takes time.
  if (compilation.errors.length >= limits.problemErrorsMax) return never
  if (depth > limits.filterDepthMax) return fail(`is nested deeper than ${limits.filterDepthMax} levels`)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    return fail('must be a clause, or {and: [...]}, {or: [...]}, {not: ...}')
  }
  const joiner = (['and', 'or', 'not'] as const).find((key) => Object.hasOwn(node, key))
  if (!joiner) {
    if (++compilation.clauses > limits.filterClausesMax) return never
    return compileClause(node, path, compilation)
  }
  if (Object.keys(node).length > 1) return fail(`must have no other key than "${joiner}"`)

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

/** The first part that fails is the reason. */
const all =
  (parts: Evaluate[], node: unknown, path: string): Evaluate =>
  (input) => {
    for (const part of parts) {
      const result = part(input)
      if (!result.passed) return result
    }
    return { passed: true, node, path, found: () => 'every part passed' }
  }

/** No single part is the reason, so the failure lists the values of all parts. */
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
