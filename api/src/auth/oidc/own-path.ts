/** Returns `next` if it is a path on this origin, otherwise `/`. */
export function ownPath(next: unknown, publicUrl: string): string {
  // eslint-disable-next-line no-control-regex -- browsers drop tabs and line ends, so `/\t/evil` would be `//evil`
  if (typeof next !== 'string' || !/^\/(?![/\\])[^\x00-\x20\\]*$/.test(next) || next.length > 2000) return '/'
  if (!URL.canParse(next, publicUrl)) return '/'
  const url = new URL(next, publicUrl)
  const own = url.origin === new URL(publicUrl).origin && !url.pathname.startsWith('//')
  return own ? `${url.pathname}${url.search}${url.hash}` : '/'
}
