import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonValues } from './body-reader.js'
import { addPath, anyMember, pathNode, type Step } from './json-paths.js'
import { BigInteger, compactJson, JsonPart } from './json-values.js'
import { scanJson, scanJsonInSlices } from './scan-json.js'

const marks = [
  '',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '1',
  '-',
  'e',
  '.',
  ' ',
  't',
  '\u0001',
  '0',
  '\\u',
]
const almostJson = fc
  .tuple(fc.json(), fc.nat(), fc.constantFrom(...marks))
  .map(
    ([json, n, mark]) =>
      json.slice(0, n % (json.length + 1)) + mark + json.slice((n % (json.length + 1)) + (n % 2)),
  )

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('scanJson', () => {
  it('accepts the same texts as JSON.parse', () => {
    fc.assert(
      fc.property(fc.oneof(almostJson, fc.string(), fc.json()), (text) => {
        expect(scanJson(text, pathNode())).toBe(isJson(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('skips a byte order mark', () => expect(scanJson('\ufeff{"a":1}', pathNode())).toBe(true))

  it('finds every value at the same path as JSON.parse', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const paths = pathsOf(value)
        const text = JSON.stringify(value, null, 1)
        const found = jsonValues(text, paths).map(([one]) => plain(one))
        // The text of -0 is "0", so the parsed text is expected, not the value.
        expect(found).toEqual(paths.map((path) => plainAt(JSON.parse(text), path)))
      }),
    )
  })

  it('finds the same values when it scans in slices', async () => {
    const text = JSON.stringify({ list: Array.from({ length: 40_000 }, (_, n) => ({ n })), last: 'x' })
    const root = pathNode()
    const [last, some] = [addPath(root, ['last']), addPath(root, ['list', '39999', 'n'])]
    expect(await scanJsonInSlices(text, root)).toBe(true)
    expect(last.found.map(({ start, end }) => text.slice(start, end))).toEqual(['"x"'])
    expect(some.found.map(({ start, end }) => text.slice(start, end))).toEqual(['39999'])
  })

  it.each<[string, string, Step[], unknown[]]>([
    ['the last of two members with the same name', '{"a":{"b":1},"a":{"c":2}}', ['a', 'b'], []],
    ['the last of two values', '{"a":1,"a":2}', ['a'], [2]],
    ['every member of a list', '[{"a":1},{"b":2},{"a":3}]', [anyMember, 'a'], [1, 3]],
    ['every member of lists in a list', '{"l":[[1,2],[3]]}', ['l', anyMember, anyMember], [1, 2, 3]],
    ['a member with an escaped name', '{"\\u0061":1}', ['a'], [1]],
    ['a member called __proto__', '{"__proto__":{"a":1}}', ['__proto__', 'a'], [1]],
    ['no inherited property of a list', '[1]', ['length'], []],
    ['no value below a scalar', '{"a":1}', ['a', 'b'], []],
    ['no value when the text is truncated', '{"a":1', ['a'], []],
  ])('finds %s', (_, text, path, expected) => expect(jsonValues(text, [path])[0]).toEqual(expected))

  it('keeps all digits of an integer that a double cannot represent', () => {
    const [found] = jsonValues('{"a":12345678901234567891,"b":900719925474099}', [['a'], ['b']])
    expect(found).toEqual([new BigInteger('12345678901234567891')])
  })

  it('keeps at most filterMembersMax values of a list', () => {
    const root = pathNode()
    const end = addPath(root, [anyMember])
    scanJson(`[${'1,'.repeat(20_000)}1]`, root)
    expect(end.found).toHaveLength(10_000)
    expect(end.overflow).toBe(true)
  })

  it('returns a part without spaces, cut at the limit', () => {
    const text = ' { "a b" : [ 1 , "x y" ] } '
    expect(compactJson(new JsonPart(text, { start: 1, end: text.length - 1 }), 200)).toBe('{"a b":[1,"x y"]}')
    expect(compactJson(new JsonPart(text, { start: 1, end: text.length - 1 }), 5)).toBe('{"a b')
  })
})

describe('scanJson with hostile text', () => {
  const shapes: Record<string, (n: number) => string> = {
    'an unclosed string of escapes': (n) => `"${'\\"'.repeat(n / 2)}1234567890123456`,
    'open arrays': (n) => '['.repeat(n),
    'open objects': (n) => '{"a":'.repeat(n / 5),
    'a list of ones': (n) => `[${'1,'.repeat(n / 2)}1]`,
    'one repeated name': (n) => `{${'"a":{"b":1},'.repeat(n / 12)}"a":1}`,
    'empty objects': (n) => `[${'{},'.repeat(n / 3)}{}]`,
    'one long number': (n) => '1'.repeat(n),
    'runs of fifteen digits': (n) => `["${'123456789012345a'.repeat(n / 16)}"]`,
  }
  it.each(Object.entries(shapes))('scans in linear time: %s', { retry: 2 }, (_, shape) => {
    const paths: Step[][] = [['a', 'b'], [anyMember, 'a'], ['a', anyMember, '0'], ['z']]
    const cost = (chars: number) => {
      const text = shape(chars)
      jsonValues(text, paths)
      return Math.min(...[1, 2, 3, 4].map(() => timed(() => jsonValues(text, paths))))
    }
    // Four times the input: quadratic time would be sixteen times the cost.
    expect(cost(800_000)).toBeLessThan(9 * cost(200_000) + 5)
  })
})

function timed(work: () => void): number {
  const startedAt = process.cpuUsage().user
  work()
  return (process.cpuUsage().user - startedAt) / 1000
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, inside]) => pathsOf(inside, [...path, name]))]
}

const plainAt = (value: unknown, path: string[]): unknown =>
  path.reduce<unknown>((here, name) => (here as Record<string, unknown>)[name], value)

const plain = (found: unknown): unknown =>
  found instanceof JsonPart
    ? (JSON.parse(found.text.slice(found.span.start, found.span.end)) as unknown)
    : found instanceof BigInteger
      ? Number(found.digits)
      : found
