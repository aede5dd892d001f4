import { ApiError, problems, type Problem, type ProblemCode } from '@whook/shared'
import type { FastifyError, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { isAway } from '@whook/shared/server/is-away'
import { fieldErrors } from './field-errors.js'
import { isUnstorable } from './is-unstorable.js'

/** The one place where an error becomes an answer (RFC 9457). What is ours to know stays in the log. */
export default fp(
  async (app) => {
    app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
      const problem = toApiError(error)
      if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request.failed')
      return sendProblem(reply, problem)
    })
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, new ApiError('not-found')))
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

/** RFC 9110 section 15.5.2 asks for one with every 401; RFC 6750 section 3 says how. No browser shows a dialogue for it. */
function challengeOf(code: ProblemCode): string | undefined {
  if (problems[code].status === 401)
    return code === 'api-key-invalid' ? `${bearer}, error="invalid_token"` : bearer
  return code === 'scope-missing' ? `${bearer}, error="insufficient_scope"` : undefined
}
const bearer = 'Bearer realm="Whook"'

export function problemBody(error: ApiError): Problem {
  return {
    // Relative to the address of the call: RFC 9457 section 3.1.1. See problem-pages.ts.
    type: `/api/problems/${error.code}`,
    title: problems[error.code].title,
    status: error.status,
    code: error.code,
    ...(error.detail && error.status < 500 ? { detail: error.detail } : {}),
    ...(error.errors ? { errors: error.errors } : {}),
  }
}

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
  if (error.validation) {
    return new ApiError('validation', {
      errors: fieldErrors(error.validation, error.validationContext),
    })
  }
  if (isAway(error)) return new ApiError('unavailable', { retryAfterSeconds: 5, cause: error })
  if (isUnstorable(error)) {
    return new ApiError('validation', {
      detail: 'Text with U+0000 or half a surrogate pair cannot be stored here',
      cause: error,
    })
  }
  const code = codeByStatus[error.statusCode ?? 500]
  return code
    ? new ApiError(code, { detail: error.message, cause: error })
    : new ApiError('internal', { cause: error })
}
