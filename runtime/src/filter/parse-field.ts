import { createPathSet, type PathSet } from '../content/body-reader.js'
import { anyMember, type Step } from '../content/json-paths.js'
import type { BodyValue } from '../content/json-values.js'
import type { FilterInput } from './filter-input.js'

/** The values of a field in a request. `text`: the values have no types, so numbers are compared as text. */
export interface FoundValues {
  values: readonly BodyValue[]
  text: boolean
}
export interface ParsedField {
  read: (input: FilterInput) => FoundValues
  /** The body paths that `read` needs. */
  paths: PathSet
}

const help = 'use method, path, verification, body, body.a.b[0].c, body.list[*].a, headers.name or query.name'
/** Each [*] multiplies the number of values of a path. */
const anyMembersMax = 2

/**
 * Parses `body.a.b[0]["any key"]`, `body.list[*].id`, `headers.x-name`, `query.name`, `method`, `path`, `verification` or
 * `body`. Returns a message for an invalid field. Fields with the same `paths` are found by one scan of the body.
 */
export function parseField(field: string, paths = createPathSet()): ParsedField | { message: string } {
  const of = (read: (input: FilterInput) => readonly BodyValue[]): ParsedField => ({
    read: (input) => ({ values: read(input), text: true }),
    paths,
  })
  if (field === 'method' || field === 'path' || field === 'verification') return of((input) => [input[field]])
  if (field === 'body') return of((input) => [input.bodyText()])
  const named = /^(headers|query)\.(.+)$/s.exec(field)
  if (named?.[1] === 'headers') {
    const name = named[2]!.toLowerCase()
    return of((input) => input.headerValues(name))
  }
  if (named) return of((input) => input.queryValues(named[2]!))
  if (!/^body[.[]/.test(field)) return { message: `is not a field: ${help}` }

  const steps = parsePath(field.slice('body'.length))
  if (!steps) return { message: `is not a path into the body: ${help}` }
  if (steps.filter((step) => step === anyMember).length > anyMembersMax)
    return { message: `has more than ${anyMembersMax} [*]` }
  const index = paths.add(steps)
  return { read: (input) => ({ values: input.bodyValues(paths)[index]!, text: false }), paths }
}

const step = /\.([^.[\]"]+)|\[(\d{1,9}|\*)\]|\[("(?:[^"\\]|\\.)*")\]/gy

function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = []
  let end = 0
  for (const match of path.matchAll(step)) {
    const [whole, key, index, quoted] = match
    const name = index === '*' ? anyMember : (key ?? index ?? unquote(quoted!))
    if (name === undefined) return undefined
    steps.push(name)
    end = match.index + whole.length
  }
  return end === path.length ? steps : undefined
}

function unquote(json: string): string | undefined {
  try {
    return JSON.parse(json) as string
  } catch {
    // An invalid escape: the caller reports the place.
    return undefined
  }
}
