interface UrlParts {
  /** Path below the URL, with a leading slash; empty for the URL itself. Latin-1, one code unit per byte. */
  path: string
  /** Query without the question mark. It is appended to the query of the URL. */
  query: string
}

/** Returns the destination's URL with a path below it and a query. Check the path with `leavesBase` first. */
export function urlBelow(url: string, { path, query }: UrlParts): string {
  if (path === '' && query === '') return url
  const [address, fragment] = url.split('#', 2) as [string, string?]
  const [base, ownQuery] = splitAt(address, '?')
  const below = path === '' ? base : `${base.replace(/\/$/, '')}/${escapePath(path.replace(/^\//, ''))}`
  const queries = [ownQuery, query === '' ? undefined : escapeQuery(query)].filter((one) => one !== undefined)
  const whole = queries.length > 0 ? `${below}?${queries.join('&')}` : below
  return fragment === undefined ? whole : `${whole}#${fragment}`
}

/** Encodings of `.`, `/`, `\` and `%`: some receivers decode them before they parse the path. */
const decodable = /%(2e|2f|5c|25)/gi
const decodingsMax = 3

/**
 * Returns true when a server could resolve the path to a place above its base: it has a `..` segment, also encoded once or
 * twice, after a backslash, or with parameters (`..;a`: Servlet containers remove the parameters).
 */
export function leavesBase(path: string): boolean {
  // Only a dot or an encoded one can make a segment of two dots.
  if (!path.includes('.') && !path.includes('%')) return false
  let text = path
  for (let n = 0; n <= decodingsMax; n++) {
    if (text.split(/[/\\]/).some((segment) => segment.replace(/;.*/s, '') === '..')) return true
    text = text.replace(decodable, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  }
  return false
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Escapes characters that a URL parser would interpret or encode differently. */
const escapePath = (path: string) => path.replace(/[^\x21-\x7e]|[?#\\]/g, percent)
const escapeQuery = (query: string) => query.replace(/[^\x21-\x7e]|#/g, percent)
const percent = (character: string) =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
