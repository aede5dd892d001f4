/** All problems of the API (RFC 9457): stable code -> HTTP status and title. The dashboard switches on the codes. */
export const problems = {
  validation: { status: 400, title: 'The request is not valid' },
  'cursor-invalid': { status: 400, title: 'Invalid cursor; start again from the first page' },
  unauthenticated: { status: 401, title: 'Sign in, or send an API key' },
  'signature-invalid': { status: 401, title: 'The signature of this request is not valid' },
  'login-link-invalid': { status: 401, title: 'This sign-in link is invalid, expired or already used' },
  'api-key-invalid': { status: 401, title: 'This API key is invalid, expired or revoked' },
  forbidden: { status: 403, title: 'Not allowed' },
  'scope-missing': { status: 403, title: 'This API key lacks the scope for this call' },
  'csrf-invalid': { status: 403, title: 'The CSRF token is missing or invalid; read it from GET /api/v1/me' },
  'origin-forbidden': { status: 403, title: 'This origin is not allowed to call Whook' },
  'not-found': { status: 404, title: 'No resource exists at this address' },
  'webhook-not-found': { status: 404, title: 'No such webhook' },
  'request-not-found': { status: 404, title: 'No such request' },
  'destination-not-found': { status: 404, title: 'No such destination' },
  'delivery-not-found': { status: 404, title: 'No such delivery' },
  'replay-not-found': { status: 404, title: 'No such replay' },
  'api-key-not-found': { status: 404, title: 'No such API key' },
  'session-not-found': { status: 404, title: 'No such session' },
  'version-not-found': { status: 404, title: 'No such version' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed at this address' },
  'request-timeout': { status: 408, title: 'The request was not received in time' },
  conflict: { status: 409, title: 'The current state of the object does not allow this' },
  'limit-reached': { status: 409, title: 'A limit of this installation was reached' },
  'webhook-disabled': { status: 410, title: 'This webhook is disabled' },
  'body-too-large': { status: 413, title: 'The body exceeds the size limit' },
  'content-type-unsupported': { status: 415, title: 'Send application/json' },
  'expectation-failed': { status: 417, title: 'Only Expect: 100-continue is supported' },
  'host-unknown': { status: 421, title: 'Unknown host name; set PUBLIC_URL to the address of Whook' },
  'rate-limited': { status: 429, title: 'Too many calls; retry after the number of seconds in Retry-After' },
  'quota-reached': { status: 429, title: 'A quota of this user was reached' },
  'headers-too-large': { status: 431, title: 'The headers are too many or too large' },
  internal: { status: 500, title: 'Internal server error' },
  'method-unknown': { status: 501, title: 'This method is not supported' },
  overloaded: { status: 503, title: 'The server reached a memory limit; retry later' },
  'query-too-long': {
    status: 503,
    title: 'The database query took too long; narrow the search or retry later',
  },
  unavailable: { status: 503, title: 'Storage is temporarily unavailable; retry later' },
  'storage-full': { status: 507, title: 'The stored requests of this user reached the storage quota' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

export interface FieldError {
  /** JSON pointer into the body, or `?name` for a query parameter. */
  path: string
  message: string
  /** Line in a script, counted from 1. */
  line?: number
  column?: number
}

interface ApiErrorOptions {
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  cause?: unknown
}

/** Services throw it; one error handler sends it as `application/problem+json`. */
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
