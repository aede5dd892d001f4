import { limits, type FieldError } from '@whook/shared'
import type { FastifySchemaValidationError } from 'fastify/types/schema.js'

type Issue = FastifySchemaValidationError

/** Issues looked at: one fault can have several, one for each shape that would do. */
const issuesMax = 10 * limits.problemErrorsMax
const pathCharsMax = 200

/**
 * What is wrong with a call, by field: the first faults, in linear time. Where one of several shapes will do, the validator
 * complains of each: of a number or null that is too large, it says "must be at most 365", "must be null" and "must match a
 * schema in anyOf". The first is meant, for the type fits there. Where no type fits, the types are what is told.
 */
export function fieldErrors(raw: readonly Issue[], context = 'body'): FieldError[] {
  const issues = raw.slice(0, issuesMax).map((issue) => ({ ...issue, message: inWords(issue) }))
  return issues
    .flatMap((issue) => {
      const others = issues.filter((other) => other !== issue && isAtOrBelow(other, issue.instancePath))
      const message = meant(issue, others)
      return message === undefined ? [] : { path: pathOf(issue, context), message }
    })
    .slice(0, limits.problemErrorsMax)
}

/** Undefined when another issue says it better. */
function meant({ keyword, instancePath, params, message = 'is not valid' }: Issue, others: Issue[]) {
  const here = others.filter((other) => other.instancePath === instancePath)
  if (keyword === 'anyOf') {
    const values = here
      .filter((other) => other.keyword === 'const')
      .map((other) => other.params['allowedValue'])
    if (values.length > 0) return oneOf(values)
    return others.length > 0 ? undefined : message
  }
  if (keyword === 'enum') return oneOf(params['allowedValues'] as unknown[])
  if (!here.some((other) => other.keyword === 'anyOf')) return message
  if (keyword === 'const') return undefined
  const better = others.some((other) => other.keyword !== 'anyOf' && other.keyword !== 'type')
  return keyword === 'type' && better ? undefined : message
}

/** The validator speaks of "<= 3650" to whoever reads a form. */
function inWords({ keyword, params: { limit }, message }: Issue): string | undefined {
  if (keyword === 'maximum') return `must be at most ${Number(limit)}`
  if (keyword === 'minimum') return `must be at least ${Number(limit)}`
  if (keyword === 'maxLength') return `must have at most ${Number(limit)} characters`
  if (keyword === 'minLength')
    return Number(limit) === 1 ? 'must not be empty' : `must have at least ${Number(limit)} characters`
  if (keyword === 'additionalProperties') return 'is not a known name here'
  return message
}

const oneOf = (values: unknown[]) =>
  `must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`

function pathOf({ instancePath, params }: Issue, context: string): string {
  const missing = 'missingProperty' in params ? `/${String(params['missingProperty'])}` : ''
  const extra = 'additionalProperty' in params ? `/${String(params['additionalProperty'])}` : ''
  const pointer = `${instancePath}${missing}${extra}`
  const path = (context === 'querystring' ? `?${pointer.slice(1)}` : pointer) || '/'
  return path.length > pathCharsMax ? `${path.slice(0, pathCharsMax)}…` : path
}

const isAtOrBelow = (issue: Issue, path: string) =>
  issue.instancePath === path || issue.instancePath.startsWith(`${path}/`)
