import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { transitions } from '../drizzle/src/queries/delivery/delivery-transitions.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)

it('shows every picture of docs/images on a page', () => {
  const shown = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('')
  expect(readdirSync(join(root, 'docs/images')).filter((name) => !shown.includes(`images/${name})`))).toEqual(
    [],
  )
})

it('draws the delivery states of ARCHITECTURE.md with exactly the transitions of the code', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const drawn = [...text.matchAll(/^ +(\w+) --> (\w+) : (.+)$/gm)].flatMap(([, from, to, events]) =>
    events!.split(', ').map((event) => `${event}: ${from} -> ${to}`),
  )
  const coded = Object.entries(transitions).flatMap(([event, { from, to }]) =>
    from.flatMap((before) => to.map((after) => `${event}: ${before} -> ${after}`)),
  )
  expect(drawn.sort()).toEqual(coded.sort())
})

const recipes = pages.filter((page) => page.startsWith('docs/recipes/'))
describe.each(recipes)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  it('fits on one screen and names files in numbered steps', () => {
    const steps = text.split('\n').filter((line) => /^\d+\. /.test(line))
    expect(text.split('\n').length).toBeLessThan(45)
    expect(steps.length).toBeGreaterThan(3)
    expect(text.match(/`\w+\/[\w./-]+`/g)?.length).toBeGreaterThan(4)
  })

  it('is linked from ARCHITECTURE.md', () => {
    expect(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')).toContain(`](${page})`)
  })

  it('names only test files and folders that exist', () => {
    const named = [...text.matchAll(/^npm test -- (.+)$/gm)].flatMap(([, args]) =>
      args!
        .split('#')[0]!
        .split(' ')
        .filter((arg) => arg.includes('/')),
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link))
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })

  it('names only source files and folders that exist', () => {
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

  it('names only commands that exist', () => {
    const named = [...text.matchAll(/\bnpm (?:run )?([a-z]+(?::[a-z]+)*)/g)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'install')
    expect(named.filter((name) => !scripts.includes(name))).toEqual([])
  })
})
