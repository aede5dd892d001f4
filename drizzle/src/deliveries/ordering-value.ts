import { unpackHeaders } from '@whook/shared/server/raw-headers'

interface OrderedRequest {
  query: string
  headers: Buffer
  body: Buffer
}

const charsMax = 200

/**
 * The value that puts a request in its lane, or null when it has none. `key` is `headers.<name>`, `query.<name>` or
 * `body.<path>` with dots and [n].
 */
export function orderingValue(key: string, request: OrderedRequest): string | null {
  const [place, rest] = splitAtDot(key)
  const value = readers[place]?.(rest, request)
  if (value === undefined || value === null) return null
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '').slice(0, charsMax)
}

const readers: Record<string, (rest: string, request: OrderedRequest) => unknown> = {
  headers: (name, { headers }) =>
    unpackHeaders(headers).find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1],
  query: (name, { query }) => new URLSearchParams(query).get(name),
  body: (path, { body }) =>
    path
      .split(/[.[\]]+/)
      .filter(Boolean)
      .reduce(child, parsed(body)),
}

function child(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

/** A body that is not JSON has no fields: its deliveries belong to no lane. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function splitAtDot(key: string): [string, string] {
  const dot = key.indexOf('.')
  return dot < 0 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)]
}
