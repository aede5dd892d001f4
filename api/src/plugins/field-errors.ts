import { limits, type FieldError } from '@whook/shared'
import type { FastifySchemaValidationError } from 'fastify/types/schema.js'

type Issue = FastifySchemaValidationError

/** Maximum of issues examined: one fault can cause several, one for each schema of an anyOf. */
const issuesMax = 10 * limits.problemErrorsMax
const pathCharsMax = 200

/**
 * Returns the first validation errors of a request by field, in linear time. For an anyOf the validator reports an
 * issue for each schema: for a too large "number or null" it reports "must be at most 365", "must be null" and "must
 * match a schema in anyOf". Only the first is returned, because its type matches. If no type matches, the type issues
 * are returned.
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

/** Returns the message of an issue; undefined when another issue is more precise. */
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

/** The validator's messages have operators such as "<= 3650"; the dashboard shows these messages in forms. */
function inWords({ keyword, params: { limit }, message }: Issue): string | undefined {
  if (keyword === 'maximum') return `must be at most ${Number(limit)}`
  if (keyword === 'minimum') return `must be at least ${Number(limit)}`
  if (keyword === 'maxLength') return `must have at most ${Number(limit)} characters`
  if (keyword === 'minLength')
    return Number(limit) === 1 ? 'must not be empty' : `must have at least ${Number(limit)} characters`
  if (keyword === 'additionalProperties') return 'is not a known field'
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
