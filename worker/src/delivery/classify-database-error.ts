import { isUnavailable } from '@whook/runtime/is-unavailable'

/**
 * - `away`: PostgreSQL is unavailable to all clients (no connection, disk full, read only, older schema): wait.
 * - `busy`: a deadlock, a lock or a timeout: the same statement may succeed soon, or when it is smaller.
 * - `refused`: PostgreSQL or its client rejects these values: the same statement fails again.
 */
export type DatabaseFailure = 'away' | 'busy' | 'refused'

/** SQLSTATE classes (PostgreSQL manual, appendix A). */
const refusedClasses = new Set(['21', '22', '23', '54'])
const busyStates = new Set(['57014', '57000', '55P03', '55006'])

export function classifyDatabaseError(error: unknown): DatabaseFailure {
  if (isUnavailable(error)) return 'away'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Not a PostgreSQL error: the client could not encode a value, or this worker has a bug.
  if (!/^[0-9A-Z]{5}$/.test(code)) return 'refused'
  if (refusedClasses.has(code.slice(0, 2))) return 'refused'
  return code.startsWith('40') || busyStates.has(code) ? 'busy' : 'away'
}
