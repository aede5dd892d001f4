/** The one registry of problems: stable code -> HTTP status and title (RFC 9457). The SPA switches on the codes. */
export const problems = {
  validation: { status: 400, title: 'The request is not valid' },
  'cursor-invalid': { status: 400, title: 'The cursor is not one this list gave out' },
  unauthenticated: { status: 401, title: 'Sign in, or send an API key' },
  'signature-invalid': { status: 401, title: 'The signature of this request is not valid' },
  'login-link-invalid': { status: 401, title: 'This sign-in link is used up, expired or wrong' },
  'api-key-invalid': { status: 401, title: 'This API key is wrong, expired or revoked' },
  forbidden: { status: 403, title: 'Not allowed' },
  'scope-missing': { status: 403, title: 'This API key lacks the scope for this call' },
  'csrf-invalid': { status: 403, title: 'The CSRF token is missing or wrong; read it from GET /api/v1/me' },
  'origin-forbidden': { status: 403, title: 'This origin may not call Whook' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'webhook-not-found': { status: 404, title: 'No such webhook' },
  'request-not-found': { status: 404, title: 'No such request' },
  'destination-not-found': { status: 404, title: 'No such destination' },
  'delivery-not-found': { status: 404, title: 'No such delivery' },
  'replay-not-found': { status: 404, title: 'No such replay' },
  'api-key-not-found': { status: 404, title: 'No such API key' },
  'session-not-found': { status: 404, title: 'No such session' },
  'version-not-found': { status: 404, title: 'No such version' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request did not come in time' },
  conflict: { status: 409, title: 'The object is not in a state that allows this' },
  'limit-reached': { status: 409, title: 'A limit of this installation is reached' },
  'webhook-disabled': { status: 410, title: 'This webhook is disabled' },
  'body-too-large': { status: 413, title: 'The body is over the limit' },
  'content-type-unsupported': { status: 415, title: 'Send application/json' },
  'expectation-failed': { status: 417, title: 'Of what Expect can ask, only 100-continue is met here' },
  'host-unknown': { status: 421, title: 'This host name is not served here; set PUBLIC_URL' },
  'rate-limited': { status: 429, title: 'Too many calls; wait as long as Retry-After says' },
  'quota-reached': { status: 429, title: 'A quota of this user is reached' },
  'headers-too-large': { status: 431, title: 'Too many or too large headers' },
  internal: { status: 500, title: 'Something failed on our side' },
  'method-unknown': { status: 501, title: 'This method is not supported' },
  overloaded: { status: 503, title: 'The server is at a memory limit; retry later' },
  'query-too-long': { status: 503, title: 'The database needed too long; narrow the search or retry later' },
  unavailable: { status: 503, title: 'Nothing durable is reachable right now; send it again later' },
  'storage-full': { status: 507, title: 'The stored requests of this user reached their quota' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

export interface FieldError {
  /** JSON pointer into the body, or `?name` for a query parameter. */
  path: string
  message: string
  /** In a script: where, from 1. */
  line?: number
  column?: number
}

interface ApiErrorOptions {
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  cause?: unknown
}

/** Thrown by services; one handler turns it into `application/problem+json`. */
export class ApiError extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly detail?: string
  readonly errors?: FieldError[]
  readonly retryAfterSeconds?: number

  constructor(code: ProblemCode, { detail, errors, retryAfterSeconds, cause }: ApiErrorOptions = {}) {
    super(detail ?? problems[code].title, { cause })
    this.name = 'ApiError'
    this.code = code
    this.status = problems[code].status
    this.detail = detail
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
  }
}
