import { ownCookieNames } from '../auth/cookie-names.js'

/**
 * Returns a copy of the raw headers without Whook's own cookies. A browser sends them when it opens a webhook URL on
 * the same host, and they must not be stored, shown or forwarded. Other cookies and all other headers stay exactly as
 * sent.
 */
export function withoutOwnCookies(rawHeaders: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!]
    if (name.length !== 6 || name.toLowerCase() !== 'cookie') {
      kept.push(name, value)
      continue
    }
    const pairs = value.split(';')
    const foreign = pairs.filter((pair) => !ownCookieNames.has(pair.split('=', 1)[0]!.trim()))
    if (foreign.length === pairs.length) kept.push(name, value)
    else if (foreign.length > 0) kept.push(name, foreign.join(';').trim())
  }
  return kept
}
