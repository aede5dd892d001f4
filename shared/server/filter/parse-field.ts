import type { FilterInput } from './filter-input.js'

/** What a field names in a request. `text`: senders had no types there, so numbers compare with their spelling. */
export interface FoundValues {
  values: unknown[]
  text: boolean
}
export type ReadField = (input: FilterInput) => FoundValues

const help = 'use method, path, verification, body, body.a.b[0].c, headers.name or query.name'

/** `body.a.b[0]["any key"]`, `headers.x-name`, `query.name`, `method`, `path`, `verification`, `body`; or what is wrong with it. */
export function parseField(field: string): { read: ReadField } | { message: string } {
  if (field === 'method' || field === 'path' || field === 'verification')
    return { read: (input) => text([input[field]]) }
  if (field === 'body') return { read: (input) => text([input.bodyText()]) }
  const named = /^(headers|query)\.(.+)$/s.exec(field)
  if (named?.[1] === 'headers') {
    const name = named[2]!.toLowerCase()
    return { read: (input) => text(input.headerValues(name)) }
  }
  if (named) return { read: (input) => text(input.queryValues(named[2]!)) }
  if (!/^body[.[]/.test(field)) return { message: `is not a field: ${help}` }

  const keys = parsePath(field.slice('body'.length))
  if (!keys) return { message: `is not a path into the body: ${help}` }
  return {
    read: (input) => {
      const found = walk(input.bodyValue(), keys)
      return { values: found === undefined ? [] : [found], text: false }
    },
  }
}

const text = (values: unknown[]): FoundValues => ({ values, text: true })

const step = /\.([^.[\]"]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/gy

function parsePath(path: string): string[] | undefined {
  const keys: string[] = []
  let end = 0
  for (const match of path.matchAll(step)) {
    const [whole, key, index, quoted] = match
    const name = key ?? index ?? unquote(quoted!)
    if (name === undefined) return undefined
    keys.push(name)
    end = match.index + whole.length
  }
  return end === path.length ? keys : undefined
}

function unquote(json: string): string | undefined {
  try {
    return JSON.parse(json) as string
  } catch {
    // A bad escape: the caller names the place.
    return undefined
  }
}

/** Own properties only: `length`, `constructor` and `__proto__` are there only when the sender sent them. */
function walk(value: unknown, keys: readonly string[]): unknown {
  let here = value
  for (const key of keys) {
    if (typeof here !== 'object' || here === null) return undefined
    if (Array.isArray(here) && !/^\d+$/.test(key)) return undefined
    if (!Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}
