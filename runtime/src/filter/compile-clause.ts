import { FilterClause } from '@whook/shared'
import { Value } from 'typebox/value'
import { isStorable, unstorable } from '../storable.js'
import type { Compilation, Evaluation } from './compilation.js'
import type { FilterInput } from './filter-input.js'
import {
  compilePattern,
  operators,
  patternInputCharsMax,
  patternSizeMax,
  type TestValue,
} from './operators.js'
import { parseField } from './parse-field.js'
import { patternSize } from './pattern-size.js'
import { preview } from './preview.js'
import type { BodyValue } from '../content/json-values.js'

const operatorNames = [...Object.keys(operators), 'exists', 'matches'] as (keyof FilterClause)[]

/** A list of numbers has up to one member for every two bytes, and `contains` compares each. */
const containsSteps = 25

/** Compiles one test of one field. A field with several values (a repeated header) passes when one value passes. */
export function compileClause(node: object, path: string, compilation: Compilation) {
  const fail = (message: string, key?: string) => {
    compilation.errors.push({ path: key === undefined ? path : `${path}/${key}`, message })
    return refused
  }
  const named = operatorNames.filter((name) => Object.hasOwn(node, name))
  if (!Object.hasOwn(node, 'field')) return fail('must have a "field", or one of and, or, not')
  if (named.length !== 1) return fail(`must have exactly one of ${operatorNames.join(', ')}`)
  const operator = named[0]!
  // Before the schema check, which would list every unknown key.
  if (Object.keys(node).length > 2) return fail(`must have no other key than "field" and "${operator}"`)
  const [fault] = Value.Errors(FilterClause, node)
  if (fault) return fail(fault.message, fault.instancePath.slice(1) || undefined)

  const clause = node as FilterClause
  for (const key of ['field', operator] as const) {
    const texts = [clause[key]].flat().filter((value) => typeof value === 'string')
    if (!texts.every(isStorable)) return fail(unstorable, key)
  }
  const field = parseField(clause.field, compilation.paths)
  if ('message' in field) return fail(field.message, 'field')
  compilation.clauseSteps += operator === 'contains' ? containsSteps : 1
  const test = compileOperator(clause, operator, compilation)
  if ('message' in test) return fail(test.message, operator)

  return (input: FilterInput): Evaluation => {
    const { values, text } = field.read(input)
    const passed = test.passes(values, text)
    return { passed, node, path, found: () => preview(values.length > 1 ? values : values[0]) }
  }
}

const refused = (): never => {
  throw new Error('A filter with errors was run')
}

type Passes = (values: readonly BodyValue[], text: boolean) => boolean

function compileOperator(
  clause: FilterClause,
  operator: keyof FilterClause,
  compilation: Compilation,
): { passes: Passes } | { message: string } {
  if (operator === 'exists') return { passes: (values) => values.length > 0 === clause.exists }
  if (operator === 'matches') {
    // Estimate the size from the text first: compiling a pattern of 512 characters can take 0.4 s.
    if (compilation.patternInstructions + patternSize(clause.matches!) > patternSizeMax) {
      compilation.patternInstructions = Infinity
      return { passes: refused }
    }
    try {
      const charsMax = () => patternInputCharsMax(compilation.patternInstructions)
      const { passes, instructions } = compilePattern(clause.matches!, charsMax)
      compilation.patternInstructions += instructions
      return { passes }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return { message: `is not an RE2 pattern: ${why.slice(0, 200)}` }
    }
  }
  const make = operators[operator as keyof typeof operators] as (wanted: unknown) => TestValue
  return { passes: someValue(make(clause[operator])) }
}

const someValue =
  (test: TestValue): Passes =>
  (values, text) =>
    values.some((value) => test(value, text))
