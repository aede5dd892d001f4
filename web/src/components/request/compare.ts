export interface Difference {
  path: string
  before?: string
  after?: string
}

const differencesMax = 2000

/** Where two JSON values differ, leaf by leaf, in the order of the first; iterative, so depth cannot overflow. */
export function compareJson(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = []
  const stack: { path: string; a: unknown; b: unknown }[] = [{ path: '$', a: before, b: after }]
  while (stack.length > 0 && found.length < differencesMax) {
    const { path, a, b } = stack.pop()!
    if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      for (const key of keys.reverse())
        stack.push({ path: `${path}.${key}`, a: member(a, key), b: member(b, key) })
    } else if (!Object.is(a, b)) {
      found.push({
        path,
        before: a === undefined ? undefined : JSON.stringify(a),
        after: b === undefined ? undefined : JSON.stringify(b),
      })
    }
  }
  return found
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
