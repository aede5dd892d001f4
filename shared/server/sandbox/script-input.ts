import type { HeaderPairs, VerificationOutcome } from '../../src/index.js'
import { displayHeaderValue } from '../raw-headers.js'

/** What a script may see of a request. */
export interface ScriptRequest {
  id: string
  method: string
  path: string
  /** As sent, without the question mark. */
  query: string
  verification: VerificationOutcome
  headers: HeaderPairs
  body: Buffer
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * `request` as scripts get it: `headers` and `query` by name for reading (names of headers in lower case, repeats joined
 * as HTTP joins them; repeats in the query as a list), `rawHeaders` and `rawQuery` as they came. `body` is text, or null
 * when the bytes are no UTF-8: then they are in `bodyBase64`.
 */
export function scriptInput({ id, method, path, query, verification, headers, body }: ScriptRequest): string {
  const rawHeaders = headers.map(([name, value]): [string, string] => [name, displayHeaderValue(value)])
  return JSON.stringify({
    id,
    method,
    path,
    verification,
    query: byName([...new URLSearchParams(query)], (values) => (values.length > 1 ? values : values[0])),
    rawQuery: query,
    headers: byName(
      rawHeaders.map(([name, value]) => [name.toLowerCase(), value]),
      (values) => values.join(', '),
    ),
    rawHeaders,
    ...bodyText(body),
  })
}

function byName(pairs: [string, string][], join: (values: string[]) => unknown): Record<string, unknown> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of pairs) lists.set(name, [...(lists.get(name) ?? []), value])
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, values] of lists) object[name] = join(values)
  return object
}

function bodyText(body: Buffer) {
  try {
    return { body: utf8.decode(body) }
  } catch {
    return { body: null, bodyBase64: body.toString('base64') }
  }
}
