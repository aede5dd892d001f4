import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@whook/testing/test-database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startProduct, type Product } from '@whook/testing/product/start-product'

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8')

interface AlertRule {
  alert: string
  expr: string
}
const rules = (parse(read('alerts.yml')) as { groups: { rules: AlertRule[] }[] }).groups.flatMap(
  (group) => group.rules,
)

let product: Product
const lines: string[] = []
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const database = await createTestDatabase()
  cleanups.push(database.drop)
  product = await startProduct({ databaseUrl: database.url, env: { LOG_LEVEL: 'fatal' } })
  cleanups.push(product.stop)
  for (const port of [product.ports[0], product.metricsPorts[0]]) {
    const answer = await fetch(`http://localhost:${port}/metrics`)
    expect(answer.status).toBe(200)
    lines.push(...(await answer.text()).split('\n'))
  }
}, 120_000)
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

/** Returns whether a fresh api or worker exports the metric, with this label if given. */
const told = (name: string, label = '') =>
  lines.some((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))

describe.each(rules)('docs/alerts.yml: $alert', ({ expr }) => {
  it('uses only metrics, labels and values that api and worker export at start', () => {
    const asked = [...expr.matchAll(/\b(whook_\w+)(?:\{(\w+)(!?=)"([^"]+)"\})?/g)]
    expect(expr).toMatch(/whook/)
    for (const [, name, label, , value] of asked)
      expect([name, told(name!, label && `${label}="${value}"`)]).toEqual([name, true])
  })
})

it('docs/operations.md lists only exported metrics', () => {
  const text = read('operations.md')
  const named = [...text.matchAll(/`(whook_\w+)(?:\{(\w+)\})?`/g)]
  expect(named.length).toBeGreaterThan(10)
  const missing = named.filter(([, name, label]) => {
    const plain = label ? told(name!, `${label}="`) : told(name!) || told(`${name}_bucket`)
    return !plain
  })
  expect(missing.map(([all]) => all)).toEqual([])
})
