/** Error codes of Node and of the drivers of PostgreSQL and Redis for an unavailable server or a lost connection. */
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])

/** SQLSTATE: connection exceptions, too many connections, server shutdown or startup (PostgreSQL, appendix A). */
const awayStates = /^(08...|53300|57P0[123])$/

/** Errors of pg and pg-pool without a code: connect timeout, no free connection in time, connection closed. */
const awayMessages = /^(timeout exceeded when trying to connect|Connection terminated)/

/** Returns true when an error or its cause is an unavailable database or queue: retry later. */
export function isUnavailable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && (awayCodes.has(code) || awayStates.test(code))) return true
    if (awayMessages.test(at.message)) return true
    if (at instanceof AggregateError && at.errors.some(isUnavailable)) return true
  }
  return false
}
