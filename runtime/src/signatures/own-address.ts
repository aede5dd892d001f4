interface Own {
  host: RegExp
  /** Of path and query. */
  path: RegExp
}

/**
 * Whether a URL that a request names is the provider's own: https, host, path and query as they must be, and nothing else. As it
 * is written, not as it can be read: what would have to be normalised first is somebody's trick.
 */
export function isOwnAddress(text: string, { host, path }: Own): boolean {
  if (!URL.canParse(text)) return false
  const { href, protocol, username, password, hostname, port, pathname, search, hash } = new URL(text)
  if (href !== text || protocol !== 'https:') return false
  return !username && !password && !port && !hash && host.test(hostname) && path.test(pathname + search)
}
