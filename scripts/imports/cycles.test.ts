import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findCycles, reachableFrom } from './find-cycles.mjs'
import { importGraph, importsOf } from './import-graph.mjs'

/** Imports that may close a cycle: importing file, imported file, and the reason. */
const exceptions: [from: string, to: string, reason: string][] = [
  [
    'drizzle/src/queries/destination-state/fold-health.ts',
    'drizzle/src/queries/delivery/record-attempts.ts',
    'only a type, which moves when the queries get their folders',
  ],
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const graph = importGraph(root) as Map<string, string[]>

describe('the packages', () => {
  it('have no import cycle', () => {
    const allowed = new Set(exceptions.map(([from, to]) => `${from} ${to}`))
    const rest = [...graph].map(
      ([file, imports]) => [file, imports.filter((one) => !allowed.has(`${file} ${one}`))] as const,
    )
    const cycles = findCycles(new Map(rest)).map((files) => [...files, files[0]].join('\n  imports '))
    expect(cycles).toEqual([])
  })

  it('have a cycle through each exception', () => {
    const unused = exceptions.filter(
      ([from, to]) => !graph.get(from)?.includes(to) || !reachableFrom(graph, to).has(from),
    )
    expect(unused).toEqual([])
  })

  it('import only files and packages that exist', () => {
    const missing = [...graph].flatMap(([file, imports]) =>
      imports
        .filter((one) => one.startsWith('.') || one.startsWith('@whook/'))
        .map((one) => `${file}: ${one}`),
    )
    expect(missing.filter((line) => !/\.(css|woff2|svg|json)(\?.*)?$|\/dist\//.test(line))).toEqual([])
  })
})

describe('importsOf', () => {
  it('returns static, type-only, dynamic and re-exported modules', () => {
    const source =
      "import a from './a.js'\nimport type { B } from './b.js'\nexport * from './c.js'\nawait import('./d.js')"
    expect(importsOf('x.ts', source)).toEqual(['./a.js', './b.js', './c.js', './d.js'])
  })

  it('leaves out type-only modules when they are not wanted', () => {
    const source =
      "import type {\n  A,\n} from './a.js'\nexport type { B } from './b.js'\nimport { type C, d } from './c.js'"
    expect(importsOf('x.ts', source, { types: false })).toEqual(['./c.js'])
  })

  it('returns the modules of the script of a Vue file', () => {
    expect(
      importsOf(
        'x.vue',
        "<template>import b from './b.js'</template><script setup>import a from './a.js'</script>",
      ),
    ).toEqual(['./a.js'])
  })
})

describe('findCycles', () => {
  const graphOf = (edges: string[]) => {
    const map = new Map<string, string[]>()
    for (const [from, to] of edges.map((edge) => [...edge] as [string, string])) {
      map.set(from, [...(map.get(from) ?? []), to])
      if (!map.has(to)) map.set(to, [])
    }
    return map
  }

  it.each([
    ['no cycle', ['ab', 'bc', 'ac'], []],
    ['a file that imports itself', ['aa'], [['a']]],
    ['a cycle of three behind an entry', ['xa', 'ab', 'bc', 'ca'], [['a', 'b', 'c']]],
    ['the shorter of two cycles', ['ab', 'bc', 'ca', 'ba'], [['a', 'b']]],
    [
      'two separate cycles',
      ['ab', 'ba', 'cd', 'dc'],
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
  ])('finds %s', (_, edges, cycles) => {
    expect(findCycles(graphOf(edges))).toEqual(cycles)
  })
})
