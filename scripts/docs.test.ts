import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)

it('has no picture that no page shows', () => {
  const shown = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('')
  expect(readdirSync(join(root, 'docs/images')).filter((name) => !shown.includes(`images/${name})`))).toEqual(
    [],
  )
})

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link))
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })

  it('names source files and folders that are there', () => {
    const named = [
      ...text.matchAll(
        /`((?:shared|runtime|drizzle|launcher|testing|api|worker|web|bench|scripts|docs|deploy)\/[\w./-]+)`/g,
      ),
    ].map(([, path]) => path!)
    const built = (path: string) => path.replace(/\/dist(?:\/|$)/, '/').replace(/\.js$/, '.ts')
    expect(
      named.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, built(path)))),
    ).toEqual([])
  })

  it('names commands that exist', () => {
    const named = [...text.matchAll(/\bnpm (?:run )?([a-z]+)/g)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'install')
    expect(named.filter((name) => !scripts.includes(name))).toEqual([])
  })
})
