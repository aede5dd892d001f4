/** Returns whether PostgreSQL rejected a text with NUL or an unpaired surrogate. */
export function isUnstorable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code, message } = at as { code?: unknown; message: string }
    // SQLSTATE: character not in repertoire, untranslatable character, and for jsonb invalid text.
    if (code === '22021' || code === '22P05') return true
    if (code === '22P02' && message.includes('type json')) return true
  }
  return false
}
