import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ofTheWindow } from '../testing/access-table.js'
import { buildTestApp } from '../testing/build-test-app.js'
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

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
    expect(document.openapi).toBe('3.1.0')
  })

  it('names, sums up and tags every operation, no name twice', () => {
    const incomplete = operations().filter(
      ({ operation }) => !operation.operationId || !operation.summary || operation.tags?.length !== 1,
    )
    expect(incomplete.map(({ name }) => name)).toEqual([])
    const names = operations().map(({ operation }) => operation.operationId)
    expect(names).toEqual([...new Set(names)])
  })

  it('tells of every route that is served, and of every door beside them', () => {
    const served = test.app.routes.filter(
      (route) => !ofTheWindow.test(route) && !/\/api\/(docs|openapi\.json)/.test(route),
    )
    const told = new Set(operations().map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1')))
    expect(served.filter((route) => !told.has(route))).toEqual([])
  })

  it('names each operation of the API like the one file that holds it', () => {
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

  it('asks for a key or a session behind sign-in, and describes each refusal there', () => {
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

  it('is the one committed as api/openapi.json (vitest -u writes it anew)', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(committed)
  })
})

describe('the pages for people', () => {
  it('load nothing from elsewhere and run no inline script', async () => {
    const { statusCode, headers, body } = await test.app.inject({ url: '/api/docs/' })
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/)
    expect([...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url)).not.toContainEqual(
      expect.stringMatching(/^(https?:)?\/\//),
    )
  })
})
