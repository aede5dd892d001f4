/** Single quotes keep everything as it is but themselves (POSIX shell, 2.2.2). */
export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

export interface Call {
  method: string
  url: string
  headers: readonly (readonly [string, string])[]
  /** null: the body is not text, or none. */
  text: string | null
  base64: string | null
}

/** Of the connection: curl writes its own. */
export const ownHeaders = new Set([
  'host',
  'content-length',
  'connection',
  'accept-encoding',
  'transfer-encoding',
  'expect',
])

/** A command that sends the same request again, whatever its bytes: what is not text comes through base64. */
export function toCurl({ method, url, headers, text, base64 }: Call): string {
  const parts = [`-X ${method}`, quote(url)]
  for (const [name, value] of headers)
    if (!ownHeaders.has(name.toLowerCase())) parts.push(`-H ${quote(`${name}: ${value}`)}`)
  // A leading @ would name a file; --data-raw never does, but it drops nothing else either.
  if (text) parts.push(`--data-raw ${quote(text)}`)
  const command = (more: string[]) => ['curl', ...parts, ...more].join(' \\\n  ')
  return base64 ? `printf %s ${quote(base64)} | base64 -d | ${command(['--data-binary @-'])}` : command([])
}
