import AjvCompiler from '@fastify/ajv-compiler'
import { newId } from '@whook/runtime/ids'
import fc, { type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import document from '../openapi.json' with { type: 'json' }
import { buildTestApp } from './testing/build-test-app.js'
import { fromSchema, junk, mutated, type Schema } from './testing/from-schema.js'
import { seedBelongings, type Belongings } from './testing/seed-belongings.js'
import { serverMode } from './testing/server-mode.js'

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

/** To repeat a failure or to test other values: `FUZZ_SEED=7 FUZZ_RUNS=1000 npm test -- api/src/fuzz`. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_26)
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60)

let test: Awaited<ReturnType<typeof buildTestApp>>
let mine: Belongings
beforeAll(async () => {
  test = await buildTestApp(serverMode)
  mine = await seedBelongings(test)
})
afterAll(() => test.close())

/** All operations except the WebSocket, webhook URLs, and the deletion of the test's own user. */
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>)
    .map(([method, operation]) => ({ method, path, operation, name: `${method} ${path}` }))
    .filter(({ name }) => !/ \/(ws$|\{slug\})|^delete \/api\/v1\/me$/.test(name)),
)
// Deletions run last, so that the objects exist for the other operations.
const ordered = [...operations].sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))

const compile = AjvCompiler()(
  {},
  { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, strict: false } },
)
const definitions = document.components.schemas
const local = (value: object) =>
  JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/definitions/')) as object
const checks = new Map<string, ReturnType<typeof compile>>()

/** Returns the errors of a body by its schema in the document, or undefined. */
function faultsOf(name: string, schema: object, body: unknown) {
  if (!checks.has(name)) {
    const whole = { ...local(schema), definitions: local(definitions) }
    checks.set(name, compile({ schema: whole, method: 'GET', url: '/', httpPart: 'body' }))
  }
  const check = checks.get(name)!
  return check(body) === false ? (check as { errors?: unknown }).errors : undefined
}

type FuzzCall = { params: Record<string, unknown>; query: Record<string, unknown>; body: unknown }

function callsOf({ parameters = [], requestBody }: Operation): Arbitrary<FuzzCall> {
  const id = [mine.webhookId, mine.requestId, mine.destinationId, mine.deliveryId, mine.replayId, newId()]
  const of = fromSchema(document, {
    uuid: id,
    uri: ['https://a.example/', 'https://a.example/a?b=c'],
    url: ['https://a.example/', 'https://a.example/a?b=c'],
    status: ['dead', 'pending,retrying', 'never'],
    since: [Buffer.from('["1","bookmark","3:3:","2026-01-01T00:00:00.000Z"]').toString('base64url')],
    script: ['function transform(request) { return request }', 'function transform() { return null }', 'x('],
  })
  const valid = (place: string) => {
    const ofPlace = parameters.filter((parameter) => parameter.in === place)
    const fields = ofPlace.map(({ name, schema }) => {
      const own = (mine as unknown as Record<string, unknown>)[name]
      const value = of(schema, name)
      return [
        name,
        typeof own === 'string' ? fc.oneof({ weight: 8, arbitrary: fc.constant(own) }, value) : value,
      ]
    })
    const requiredKeys = ofPlace.filter(({ required }) => required).map(({ name }) => name)
    const record = fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>, {
      requiredKeys,
      noNullPrototype: true,
    })
    return record
  }
  const oftenBad = (value: Arbitrary<unknown>) =>
    fc.oneof(
      { weight: 4, arbitrary: value },
      { weight: 5, arbitrary: value.chain(mutated) },
      { weight: 1, arbitrary: junk },
    )
  const sometimesBad = <T>(value: Arbitrary<T>) =>
    fc.oneof({ weight: 6, arbitrary: value }, { weight: 2, arbitrary: value.chain(mutated) as Arbitrary<T> })
  const body = requestBody?.content['application/json'].schema
  return fc.record({
    params: fc.oneof(
      { weight: 6, arbitrary: valid('path') },
      {
        weight: 1,
        arbitrary: fc.record(
          Object.fromEntries(parameters.filter((one) => one.in === 'path').map(({ name }) => [name, junk])),
        ),
      },
    ),
    query: sometimesBad(valid('query')),
    body: body ? oftenBad(of(body)) : fc.constant(undefined),
  })
}

const written = (value: unknown) =>
  encodeURIComponent(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString())

function urlOf(path: string, { params, query }: FuzzCall) {
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => written(params[name] ?? '') || '%20')
  const fields = typeof query === 'object' && query !== null ? Object.entries(query) : []
  return `${target}?${fields.map(([name, value]) => `${written(name)}=${written(value ?? '')}`).join('&')}`
}

describe('random requests', { timeout: 300_000 }, () => {
  it.each(ordered)('$name returns only documented responses', async ({ method, path, operation, name }) => {
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(callsOf(operation), async (call) => {
        const answer = await test.app.inject({
          method: method as 'GET',
          url: urlOf(path, call),
          headers: {
            ...mine.keys.admin,
            ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          payload: call.body === undefined ? undefined : JSON.stringify(call.body),
        })
        const { statusCode, body, headers } = answer
        seen.add(statusCode)
        expect([name, statusCode < 500 || path === '/readyz' ? '' : body]).toEqual([name, ''])
        const described = operation.responses[statusCode]
        expect(Object.keys(operation.responses)).toContain(String(statusCode))
        const type = String(headers['content-type'] ?? '').split(';')[0]!
        if (statusCode >= 400) expect(type).toBe('application/problem+json')
        const schema = described?.content?.[type]?.schema
        if (schema && /json$/.test(type)) {
          expect(faultsOf(`${name} ${statusCode}`, schema, JSON.parse(body))).toBeUndefined()
        }
      }),
      { seed, numRuns },
    )
    // If every generated request were invalid, the test would prove nothing.
    expect([...seen].filter((status) => status !== 400)).not.toEqual([])
  })
})
