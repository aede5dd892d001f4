/** What Node and the drivers of PostgreSQL and Redis say when the other side is not there, or went away meanwhile. */
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

/** SQLSTATE: connection exceptions, no connection to be had, a server that stops or starts (PostgreSQL, appendix A). */
const awayStates = /^(08...|53300|57P0[123])$/

/** pg and pg-pool give these no code: no answer in time, none free in time, hung up. */
const awayMessages = /^(timeout exceeded when trying to connect|Connection terminated)/

/** Whether an error, or what caused it, is a database or queue that is away for now: worth trying again later. */
export function isAway(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && (awayCodes.has(code) || awayStates.test(code))) return true
    if (awayMessages.test(at.message)) return true
    if (at instanceof AggregateError && at.errors.some(isAway)) return true
  }
  return false
}
