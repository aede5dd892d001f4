import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Env, loadEnv } from './config.js'

const file = readFileSync(fileURLToPath(new URL('../../.env.example', import.meta.url)), 'utf8')
const lines = file.split('\n')
const variables = lines.flatMap((line, index) => {
  const [, off, name, value] = /^(# )?([A-Z][A-Z_]*)=(.*)$/.exec(line) ?? []
  return name ? [{ name, value, index, on: !off }] : []
})
const defaults = Object.entries(Env.properties).flatMap(([name, schema]) =>
  'default' in schema ? [[name, String(schema.default)]] : [],
)

describe('.env.example', () => {
  it('has every variable of Whook exactly once', () => {
    expect(variables.map(({ name }) => name).sort()).toEqual(Object.keys(Env.properties).sort())
  })

  it('sets exactly the variables with a default, to that default', () => {
    const given = variables.filter(({ on }) => on).map(({ name, value }) => [name, value])
    expect(Object.fromEntries(given)).toEqual(Object.fromEntries(defaults))
  })

  it('is a valid configuration without changes', () => {
    const env = Object.fromEntries(variables.filter(({ on }) => on).map(({ name, value }) => [name, value]))
    expect(loadEnv(Env, env)).toEqual(loadEnv(Env, {}))
  })

  it.each([
    ['true', true],
    ['false', false],
    ['1', true],
    ['0', false],
  ])('parses DEBUG=%s', (text, meant) => {
    expect(loadEnv(Env, { DEBUG: text }).DEBUG).toBe(meant)
  })

  it.each(variables)('has a comment above $name', ({ index }) => {
    let above = index
    while (variables.some((other) => other.index === above)) above--
    expect(lines[above]).toMatch(/^# .{10,}/)
  })
})

describe("the README's table", () => {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
  const rows = readme.split('\n').flatMap((line) => {
    const [, names, value] = /^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) +\| (.*?) +\|/.exec(line) ?? []
    return names ? [{ names: [...names.matchAll(/[A-Z_]+/g)].map(([name]) => name), value: value! }] : []
  })

  it('has every variable of Whook exactly once', () => {
    expect(rows.flatMap(({ names }) => names).sort()).toEqual(Object.keys(Env.properties).sort())
  })

  it.each(defaults.filter(([, value]) => !value!.includes('://')))(
    'lists for %s the default %s',
    (name, value) => {
      expect(rows.find(({ names }) => names.includes(name!))?.value).toContain(value)
    },
  )
})
