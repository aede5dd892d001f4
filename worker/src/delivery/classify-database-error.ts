import { isAway } from '@whook/runtime/is-away'

/**
 * - `away`: PostgreSQL cannot serve anybody now (no connection, no disk, read only, an older schema): wait.
 * - `busy`: a deadlock, a lock or a time limit: the same statement may succeed soon, or when it is smaller.
 * - `refused`: PostgreSQL or its client refuses these values: the same statement fails again.
 */
export type DatabaseFailure = 'away' | 'busy' | 'refused'

/** Classes of SQLSTATE (PostgreSQL, appendix A). */
const refusedClasses = new Set(['21', '22', '23', '54'])
const busyStates = new Set(['57014', '57000', '55P03', '55006'])

export function classifyDatabaseError(error: unknown): DatabaseFailure {
  if (isAway(error)) return 'away'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Not from PostgreSQL: the client could not encode a value, or a fault of ours.
  if (!/^[0-9A-Z]{5}$/.test(code)) return 'refused'
  if (refusedClasses.has(code.slice(0, 2))) return 'refused'
  return code.startsWith('40') || busyStates.has(code) ? 'busy' : 'away'
}
