import { newId } from '@whook/runtime/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from './testing/build-test-app.js'
import { objectsOf, operationsOf, type DocumentedOperation, type Json } from './testing/documented.js'
import { seedBelongings, type Belongings } from './testing/seed-belongings.js'
import { serverMode } from './testing/server-mode.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
let mine: Belongings
let operations: DocumentedOperation[]
let document: Json

beforeAll(async () => {
  test = await buildTestApp(serverMode)
  mine = await seedBelongings(test)
  document = test.app.openapi() as Json
  operations = operationsOf(document).filter(({ path }) => path.startsWith('/api/v1/'))
})
afterAll(() => test.close())

const urlOf = (path: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String((mine as unknown as Json)[name] ?? newId()))

async function call(method: string, url: string, payload?: unknown) {
  const body = payload === undefined ? undefined : JSON.stringify(payload)
  const answer = await test.app.inject({
    method: method.toUpperCase() as 'GET',
    url,
    headers: { ...mine.keys.admin, ...(body && { 'content-type': 'application/json' }) },
    payload: body,
  })
  const { errors = [] } = answer.body ? answer.json<{ errors?: { path: string }[] }>() : {}
  return { status: answer.statusCode, paths: errors.map(({ path }) => path), body: answer.body }
}

describe('unknown property names', () => {
  it('are forbidden in every object of every body in the document', () => {
    const open = operations.flatMap(({ name, body }) =>
      objectsOf(document, body)
        .filter(({ schema }) => schema['additionalProperties'] !== false)
        .map(({ place }) => `${name} ${place.join('/')}`),
    )
    expect(open).toEqual([])
  })

  it('are refused in every query with their path', async () => {
    for (const { method, path, name, example } of operations) {
      // The body is validated before the query.
      const { status, paths } = await call(method, `${urlOf(path)}?destinationid=x`, example)
      expect([name, status, paths]).toEqual([name, 400, expect.arrayContaining(['?destinationid'])])
    }
  })

  it('are refused in every object of every body with their path', async () => {
    for (const { method, path, name, body, example } of operations) {
      for (const { place } of objectsOf(document, body)) {
        const [payload, pointer] = withUnknown(example, place)
        const { status, paths } = await call(method, urlOf(path), payload)
        // The filter compiler returns the path of the filter.
        const named = paths.some(
          (one) => one.endsWith('/unknown') || (place.includes('filter') && one.startsWith('/filter')),
        )
        expect([name, pointer, status, named, paths]).toEqual([name, pointer, 400, true, paths])
      }
    }
  })

  it('are refused in the body of an operation that has no body', async () => {
    const without = operations.filter(({ method, body }) => !body && method === 'post')
    expect(without.length).toBeGreaterThan(3)
    for (const { method, path, name } of without) {
      const { status, paths } = await call(method, urlOf(path), { delay: 60 })
      expect([name, status, paths]).toEqual([name, 400, ['/delay']])
    }
  })

  it('are refused in a replay filter, and so is an empty filter', async () => {
    const { webhookId } = mine
    const misspelt: [object, string][] = [
      [{ deliveryFilter: { status: 'dead', destinationid: newId() } }, '/deliveryFilter/destinationid'],
      [{ webhookId, requestFilter: { methd: 'GET' } }, '/requestFilter/methd'],
      [{ deliveryFilter: {} }, '/deliveryFilter'],
    ]
    for (const [payload, path] of misspelt) {
      for (const url of ['/api/v1/replays', '/api/v1/replays/count'])
        expect(await call('post', url, payload)).toMatchObject({ status: 400, paths: [path] })
    }
  })
})

/** Returns the example with an unknown name in the object at `place`; `*` is the first item of a list. */
function withUnknown(example: unknown, place: readonly string[]): [unknown, string] {
  const payload: Json = structuredClone((example ?? {}) as Json)
  let at = payload
  for (const [index, key] of place.entries()) {
    const name = key === '*' ? '0' : key
    const next = place[index + 1] === '*' ? [{}] : {}
    const here = at[name]
    if (typeof here !== 'object' || here === null || Array.isArray(here) !== Array.isArray(next))
      at[name] = next
    at = at[name] as Json
  }
  at['unknown'] = 1
  return [payload, `/${place.join('/')}`]
}

describe('numbers', () => {
  const outOfRange = ['-1', '0', '2147483648', '99999999999', '9223372036854775808', '1e308', '0.5']

  it('have both bounds within the range of PostgreSQL in every parameter and body', () => {
    const loose = operations.flatMap(({ name, body, parameters }) =>
      [...parameters.map(({ schema }) => schema), body].flatMap((schema) =>
        numbersOf(document, schema)
          .filter(({ minimum, exclusiveMinimum, maximum }) => {
            const [least, most] = [minimum ?? exclusiveMinimum, maximum]
            return typeof least !== 'number' || typeof most !== 'number' || most > 2 ** 31 - 1
          })
          .map((schema) => `${name} ${JSON.stringify(schema)}`),
      ),
    )
    expect(loose).toEqual([])
  })

  it('return no 5xx when they are out of range in a parameter', async () => {
    for (const { method, path, name, parameters } of operations) {
      for (const parameter of parameters.filter(({ schema }) => numbersOf(document, schema).length > 0)) {
        for (const value of outOfRange) {
          const inPath = parameter.in === 'path'
          const url = inPath
            ? path.replace(`{${parameter.name}}`, value)
            : `${path}?${parameter.name}=${value}`
          const { status, body } = await call(method, urlOf(url))
          expect([name, parameter.name, value, status < 500 ? '' : body]).toEqual([
            name,
            parameter.name,
            value,
            '',
          ])
        }
      }
    }
  })

  it('return 400 for the version 99999999999', async () => {
    const url = `/api/v1/webhooks/${mine.webhookId}/transformation/versions/99999999999/restore`
    expect(await call('post', url)).toMatchObject({ status: 400 })
  })
})

function numbersOf(whole: Json, schema: unknown, seen: unknown[] = []): Json[] {
  if (typeof schema !== 'object' || schema === null || seen.includes(schema)) return []
  const { $ref, type, examples: _examples, default: _default, ...rest } = schema as Json
  const below = [...seen, schema]
  if (typeof $ref === 'string') {
    // Values in a filter are not stored as numbers.
    if (/\/Filter/.test($ref)) return []
    const { schemas } = (whole as { components: { schemas: Json } }).components
    return numbersOf(whole, schemas[$ref.split('/').at(-1)!], below)
  }
  if ((type === 'integer' || type === 'number') && !('enum' in rest)) return [schema as Json]
  return Object.values(rest).flatMap((value) => numbersOf(whole, value, below))
}

describe('bodies whose fields are all optional', () => {
  it('may be omitted, and are documented as optional', async () => {
    const names = ['replayRequest', 'rotateDestinationSecret']
    const optional = operations.filter(({ body, bodyRequired }) => body && !bodyRequired)
    expect(optional.map(({ id }) => id)).toEqual(expect.arrayContaining(names))
    for (const { method, path, name } of optional) {
      const { status } = await call(method, urlOf(path))
      expect([name, status < 300]).toEqual([name, true])
    }
  })

  it('keep the status of a response when only its headers are changed', async () => {
    const url = `/api/v1/webhooks/${mine.webhookId}`
    await call('patch', url, { response: { status: 200 } })
    const { body } = await call('patch', url, { response: { headers: [['x-a', 'b']] } })
    expect(JSON.parse(body)).toMatchObject({ response: { status: 200, headers: [['x-a', 'b']] } })
  })
})
