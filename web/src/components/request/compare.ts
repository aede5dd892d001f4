import { jsonPrefix } from './json-prefix.js'

export interface Difference {
  path: string
  before?: string
  after?: string
}

const differencesMax = 2000

/** Returns the leaves that differ, in the order of `before`. Iterative: deep values cannot overflow the stack. */
export function compareJson(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = []
  const stack: { place: Place; a: unknown; b: unknown }[] = [{ place: null, a: before, b: after }]
  while (stack.length > 0 && found.length < differencesMax) {
    const { place, a, b } = stack.pop()!
    if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      for (const key of keys.reverse())
        stack.push({ place: { key, within: place }, a: member(a, key), b: member(b, key) })
    } else if (!Object.is(a, b)) {
      found.push({ path: pathOf(place), before: jsonPrefix(a), after: jsonPrefix(b) })
    }
  }
  return found
}

/** A path as a linked list of keys. As strings, the paths of a deep body would be longer than the body. */
type Place = { key: string; within: Place } | null
const stepsMax = 50

function pathOf(place: Place): string {
  const steps: string[] = []
  let here = place
  for (; here && steps.length < stepsMax; here = here.within) steps.push(`.${here.key}`)
  return `${here ? '…' : '$'}${steps.reverse().join('')}`
}

/** Returns the headers that differ. Ignores the case of names; joins repeated headers in order. */
export function compareHeaders(
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
): Difference[] {
  const [a, b] = [groupByName(before), groupByName(after)]
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => ({ path: name, before: a.get(name), after: b.get(name) }))
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const member = (value: Record<string, unknown>, key: string) =>
  Object.hasOwn(value, key) ? value[key] : undefined

function groupByName(headers: readonly (readonly [string, string])[]): Map<string, string> {
  const map = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    map.set(key, map.has(key) ? `${map.get(key)}, ${value}` : value)
  }
  return map
}
