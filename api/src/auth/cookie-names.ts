/**
 * Returns the names of the cookies that Whook sets. The prefix `whook_` separates them from cookies of senders: a hook
 * URL drops exactly these names before it stores a request. `__Host-` binds a cookie to this host; browsers accept it
 * over https only.
 */
const names = { session: 'whook_sid', state: 'whook_oauth2_state', verifier: 'whook_oauth2_verifier' }

export function cookieNames({ secureCookies }: { secureCookies: boolean }): typeof names {
  if (!secureCookies) return names
  const { session, state, verifier } = names
  return { session: `__Host-${session}`, state: `__Host-${state}`, verifier: `__Host-${verifier}` }
}

/** Both forms: after a change to https a browser may still send the old cookies. */
export const ownCookieNames: ReadonlySet<string> = new Set(
  [true, false].flatMap((secureCookies) => Object.values(cookieNames({ secureCookies }))),
)
