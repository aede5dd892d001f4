import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8')
const versionOf = (folder: string) =>
  (JSON.parse(read(`${folder}package.json`)) as { version: string }).version
const version = versionOf('')

it('has the same version in every package', () => {
  const { packages } = parse(read('pnpm-workspace.yaml')) as { packages: string[] }
  expect(packages.map((name) => [name, versionOf(`${name}/`)])).toEqual(
    packages.map((name) => [name, version]),
  )
})

it('returns the version of the package in GET /api/v1/me', () => {
  expect(read('api/src/rest/account/get-me.ts')).toContain(`const version = '${version}'`)
})

it('has a section for the version and for unreleased changes in CHANGELOG.md', () => {
  const sections = [...read('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(([, name]) => name)
  expect(sections.slice(0, 2)).toEqual(['Unreleased', version])
})
