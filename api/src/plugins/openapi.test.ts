import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import openapiTS, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ofTheWindow } from '../testing/access-table.js'
import { buildTestApp } from '../testing/build-test-app.js'
import { exampleOf, operationsOf, type Json } from '../testing/documented.js'
import { serverMode } from '../testing/server-mode.js'

interface Operation {
  operationId?: string
  summary?: string
  tags?: string[]
  security?: object[]
  responses: Record<string, { description: string }>
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> }

const committed = '../../openapi.json'
let test: Awaited<ReturnType<typeof buildTestApp>>
let document: Document

beforeAll(async () => {
  test = await buildTestApp(serverMode)
  document = (await test.app.inject({ url: '/api/openapi.json' })).json()
})
afterAll(() => test.close())

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const readIfSource = (path: string) => (path.endsWith('.ts') ? readFileSync(path, 'utf8') : '')

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function validator() {
  const ajv = new Ajv2020({ strict: false, validateFormats: true })
  addFormats.default(ajv)
  return ajv
}

function pythonGenerator(): string | undefined {
  const command = process.env['OPENAPI_PYTHON_CLIENT'] ?? 'openapi-python-client'
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return command
  } catch {
    return undefined
  }
}

/** Returns a schema whose references point to the whole document, so that its shapes are compiled once. */
const outside = (schema: unknown): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"whook:document#/components/')) as Json

/** Returns every schema of a document with its path. */
function schemasOf(value: unknown, place = ''): [string, Json][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${place}/${key}`
    if (key === 'example' || key === 'examples') return []
    if (key === 'schema' || place === '/components/schemas')
      return [[at, inner as Json], ...nested(inner, at)]
    return schemasOf(inner, at)
  })
}

/** Returns the schemas inside a schema; the test searches them for keywords of older drafts. */
function nested(value: unknown, place: string): [string, Json][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (['example', 'examples', 'default', 'enum', 'required'].includes(key)) return []
    const below = nested(inner, `${place}/${key}`)
    const isSchema = !Array.isArray(inner) && typeof inner === 'object' && key !== 'properties'
    return isSchema ? [[`${place}/${key}`, inner as Json], ...below] : below
  })
}

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )

describe('the OpenAPI document', { timeout: 120_000 }, () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
    expect(document.openapi).toBe('3.1.0')
  })

  it('contains only valid JSON Schema 2020-12 without keywords of older drafts', () => {
    const ajv = validator()
    for (const [place, schema] of schemasOf(document as unknown as Json)) {
      const valid = ajv.validateSchema(schema)
      expect([place, valid, ajv.errorsText(ajv.errors)]).toEqual([place, true, 'No errors'])
      const old = ['additionalItems', 'definitions', 'nullable'].filter((keyword) => keyword in schema)
      expect([place, old, Array.isArray(schema['items'])]).toEqual([place, [], false])
    }
  })

  it('has a valid example for every request and response body', () => {
    const ajv = validator()
    const { components } = outside(document) as { components: Json }
    ajv.addSchema({ $id: 'whook:document', components })
    for (const { name, media } of operationsOf(document as unknown as Json)) {
      for (const { place, type, media: described } of media.filter(({ type }) => type.includes('json'))) {
        const example = exampleOf(document as unknown as Json, described)
        expect([name, place, type, example === undefined]).toEqual([name, place, type, false])
        const check = ajv.compile(outside(described.schema))
        expect([name, place, check(example), check.errors]).toEqual([name, place, true, null])
      }
    }
  })

  it('generates a TypeScript client with header pairs and named types', async () => {
    const generated = astToString(await openapiTS(structuredClone(document) as never))
    expect(generated).toMatch(/requestHeaders: \[\s*string,\s*string\s*\]\[\]/)
    expect(generated).toContain('LiveServerFrame:')
    expect(generated).not.toContain('unknown[][]')
  })

  const python = pythonGenerator()
  it.skipIf(!python)('generates a Python client with every operation (if the tool is installed)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whook-python-client-'))
    try {
      const path = join(folder, 'openapi.json')
      writeFileSync(path, JSON.stringify(document))
      const output = join(folder, 'client')
      execFileSync(
        python!,
        ['generate', '--path', path, '--output-path', output, '--meta', 'none', '--fail-on-warning'],
        {
          encoding: 'utf8',
        },
      )
      const files = readdirSync(output, { recursive: true, encoding: 'utf8' })
      for (const { operation } of operations())
        expect(files.some((file) => file.endsWith(`/${snake(operation.operationId!)}.py`))).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('marks public operations as such, and changes as requiring a CSRF token', () => {
    const open = operations().filter(
      ({ path }) => !path.startsWith('/api/v1/') && !['/ws', '/auth/logout'].includes(path),
    )
    expect(open.filter(({ operation }) => operation.security?.length !== 0).map(({ name }) => name)).toEqual(
      [],
    )
    const changes = operations().filter(
      ({ name, path }) => path.startsWith('/api/v1/') && !name.startsWith('get '),
    )
    const needed = [{ bearer: [] }, { session: [], csrf: [] }]
    expect(changes.map(({ operation }) => operation.security)).toEqual(changes.map(() => needed))
  })

  it('has a unique id, a summary and a tag for every operation', () => {
    const incomplete = operations().filter(
      ({ operation }) => !operation.operationId || !operation.summary || operation.tags?.length !== 1,
    )
    expect(incomplete.map(({ name }) => name)).toEqual([])
    const names = operations().map(({ operation }) => operation.operationId)
    expect(names).toEqual([...new Set(names)])
  })

  it('contains every route, every hook URL method and the live socket', () => {
    const served = test.app.routes.filter(
      (route) => !ofTheWindow.test(route) && !/\/api\/(docs|openapi\.json)/.test(route),
    )
    const told = new Set(operations().map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1')))
    expect(served.filter((route) => !told.has(route))).toEqual([])
  })

  it('names each operation like its file', () => {
    const folder = fileURLToPath(new URL('../rest', import.meta.url))
    const named = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      const [, id] = /operationId: '(\w+)'/.exec(readIfSource(join(folder, file))) ?? []
      return id ? [{ file: basename(file, '.ts'), id }] : []
    })
    expect(named.map(({ file }) => file)).toEqual(named.map(({ id }) => kebab(id)))
    const served = operations().filter(({ path }) => path.startsWith('/api/v1/'))
    expect(named.map(({ id }) => id).sort()).toEqual(
      served.map(({ operation }) => operation.operationId).sort(),
    )
  })

  it('requires a key or session behind sign-in, and describes every problem', () => {
    const open = operations().filter(
      ({ path, operation }) =>
        path.startsWith('/api/v1/') &&
        !(
          operation.security?.length &&
          ['400', '401', '403', '421', '429', '500', '503'].every((status) => operation.responses[status])
        ),
    )
    expect(open.map(({ name }) => name)).toEqual([])
  })

  it('equals the committed api/openapi.json (update with vitest -u)', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(committed)
  })
})

describe('GET /api/docs/', () => {
  it('loads only own files and runs no inline script', async () => {
    const { statusCode, headers, body } = await test.app.inject({ url: '/api/docs/' })
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/)
    expect([...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url)).not.toContainEqual(
      expect.stringMatching(/^(https?:)?\/\//),
    )
  })
})
