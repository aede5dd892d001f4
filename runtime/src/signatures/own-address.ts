interface OwnAddress {
  host: RegExp
  /** Pattern of path and query. */
  path: RegExp
}

/**
 * Returns true when a URL in a request belongs to the provider: https, the expected host, path and query, and no other
 * parts. The URL must already be in normal form: other spellings may be an attack.
 */
export function isOwnAddress(text: string, { host, path }: OwnAddress): boolean {
  if (!URL.canParse(text)) return false
  const { href, protocol, username, password, hostname, port, pathname, search, hash } = new URL(text)
  if (href !== text || protocol !== 'https:') return false
  return !username && !password && !port && !hash && host.test(hostname) && path.test(pathname + search)
}
