import { ApiError, limits, problems, type FieldError, type Problem, type ProblemCode } from '@whook/shared'
import type { FastifyError, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { isUnavailable } from '@whook/runtime/is-unavailable'
import { fieldErrors } from './field-errors.js'
import { isUnstorable } from './is-unstorable.js'

/** The only place that turns errors into responses (RFC 9457). Internal details are only logged. */
export default fp(
  async (app) => {
    // Replaces the library's message, which would list every fault of a large body.
    app.setSchemaErrorFormatter(
      (issues, part) => new ApiError('validation', { errors: fieldErrors(issues, part) }),
    )
    app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
      const problem = toApiError(error)
      // `overloaded` is counted, not logged: a log line for each refused request would add load.
      if (problem.status >= 500 && problem.code !== 'overloaded')
        request.log.error({ err: error, code: problem.code }, 'request.failed')
      return sendProblem(reply, problem)
    })
  },
  { name: 'problems' },
)

export function sendProblem(reply: FastifyReply, error: ApiError) {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  const challenge = challengeOf(error.code)
  if (challenge) reply.header('www-authenticate', challenge)
  return reply
    .code(error.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(error)))
}

/** RFC 9110 section 15.5.2 requires a challenge with every 401 (format: RFC 6750). Browsers show no dialogue. */
function challengeOf(code: ProblemCode): string | undefined {
  if (problems[code].status === 401)
    return code === 'api-key-invalid' ? `${bearer}, error="invalid_token"` : bearer
  return code === 'scope-missing' ? `${bearer}, error="insufficient_scope"` : undefined
}
const bearer = 'Bearer realm="Whook"'

export function problemBody(error: ApiError): Problem {
  return {
    // Relative to the request URL: RFC 9457 section 3.1.1. See problem-pages.ts.
    type: `/api/problems/${error.code}`,
    title: problems[error.code].title,
    status: error.status,
    code: error.code,
    ...(error.detail && !hasInternalDetail(error) ? { detail: cut(error.detail) } : {}),
    ...(error.errors ? { errors: error.errors.slice(0, limits.problemErrorsMax).map(cutFault) } : {}),
  }
}

/** The detail of an internal error may be a driver's message. The detail of 507 names the user's quota. */
const hasInternalDetail = ({ status }: ApiError) => status >= 500 && status !== 507

/** Problems may quote the request: limit the quoted text, so that a large request gets a small response. */
const textCharsMax = 1000
const cut = (text: string) => (text.length > textCharsMax ? `${text.slice(0, textCharsMax)}…` : text)
const cutFault = (fault: FieldError) => ({
  ...fault,
  path: cut(fault.path),
  message: cut(fault.message),
})

const codeByStatus: Partial<Record<number, ProblemCode>> = {
  400: 'validation',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'content-type-unsupported',
  429: 'rate-limited',
  431: 'headers-too-large',
  503: 'unavailable',
}

function toApiError(error: FastifyError | ApiError): ApiError {
  if (error instanceof ApiError) return error
  if (isUnavailable(error)) return new ApiError('unavailable', { retryAfterSeconds: 5, cause: error })
  if (isCancelled(error)) return new ApiError('query-too-long', { retryAfterSeconds: 5, cause: error })
  if (isUnstorable(error)) {
    return new ApiError('validation', {
      detail: 'Text with U+0000 or an unpaired surrogate cannot be stored; remove it',
      cause: error,
    })
  }
  const code = codeByStatus[error.statusCode ?? 500]
  return code
    ? new ApiError(code, { detail: error.message, cause: error })
    : new ApiError('internal', { cause: error })
}

/** SQLSTATE query_canceled: the statement exceeded its time limit. */
function isCancelled(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as { code?: unknown }).code === '57014') return true
  }
  return false
}
