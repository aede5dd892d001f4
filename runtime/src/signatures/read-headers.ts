/** Returns all values of each header by lower-case name. A Map, so that the name `__proto__` is safe. */
export function readHeaders(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    const values = headers.get(name)
    if (values) values.push(rawHeaders[i + 1]!)
    else headers.set(name, [rawHeaders[i + 1]!])
  }
  return headers
}
