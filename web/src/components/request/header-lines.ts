import type { HeaderPairs } from '@whook/shared'

export const headerLines = (headers: HeaderPairs) =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n')

/** Parses one `name: value` per line and ignores blank lines. Returns an error for a line that is not a header. */
export function parseHeaderLines(text: string): { headers?: HeaderPairs; error?: string } {
  const headers: HeaderPairs = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim()
    if (colon < 0 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      return { error: `Line ${index + 1} is not "name: value".` }
    headers.push([name, line.slice(colon + 1).trim()])
  }
  return { headers }
}
