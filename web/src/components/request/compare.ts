import { jsonPrefix } from './json-prefix.js'

export interface Difference {
  path: string
  before?: string
  after?: string
}

const differencesMax = 2000

/** Where two JSON values differ, leaf by leaf, in the order of the first; iterative, so depth cannot overflow. */
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

/** A path as steps: written out for each value, the paths of a deep body would be longer than the body. */
type Place = { key: string; within: Place } | null
const stepsMax = 50

function pathOf(place: Place): string {
  const steps: string[] = []
  let here = place
  for (; here && steps.length < stepsMax; here = here.within) steps.push(`.${here.key}`)
  return `${here ? '…' : '$'}${steps.reverse().join('')}`
}

/** Headers by name without case, repeats joined in order. */
export function compareHeaders(
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
): Difference[] {
  const [a, b] = [gather(before), gather(after)]
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => ({ path: name, before: a.get(name), after: b.get(name) }))
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const member = (value: Record<string, unknown>, key: string) =>
  Object.hasOwn(value, key) ? value[key] : undefined

function gather(headers: readonly (readonly [string, string])[]): Map<string, string> {
  const map = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    map.set(key, map.has(key) ? `${map.get(key)}, ${value}` : value)
  }
  return map
}
