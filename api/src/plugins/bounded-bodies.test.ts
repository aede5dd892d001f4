import { limits } from '@whook/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
let webhookId: string
beforeAll(async () => {
  test = await buildTestApp()
  webhookId = (await test.as('ann').post('/api/v1/webhooks', { name: 'x' })).json().id
})
afterAll(() => test.close())

const unknownKeys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]))
const problemOf = (answer: { statusCode: number; body: string }) => ({
  status: answer.statusCode,
  bytes: answer.body.length,
  errors: (JSON.parse(answer.body) as { errors: { path: string; message: string }[] }).errors,
})
const smallBytes = 8 * 1024

describe('an oversized JSON body', () => {
  it('returns the first errors for thousands of unknown fields', async () => {
    const answer = await test.as('ann').patch(`/api/v1/webhooks/${webhookId}`, unknownKeys(15_000))
    const { status, bytes, errors } = problemOf(answer)
    expect([status, errors.length]).toEqual([400, limits.problemErrorsMax])
    expect(bytes).toBeLessThan(smallBytes)
    expect(errors[0]).toMatchObject({ path: '/k0', message: 'is not a known field' })
  })

  it('returns the first errors for thousands of invalid items', async () => {
    const answer = await test.as('ann').post('/api/v1/api-keys', { name: 'x', scopes: Array(15_000).fill(1) })
    const { status, bytes, errors } = problemOf(answer)
    expect([status, errors.length]).toEqual([400, limits.problemErrorsMax])
    expect(bytes).toBeLessThan(smallBytes)
  })

  it('truncates the path of a long unknown field', async () => {
    const answer = await test.as('ann').post('/api/v1/webhooks', { name: 'x', ['k'.repeat(200_000)]: 1 })
    const { status, bytes } = problemOf(answer)
    expect(status).toBe(400)
    expect(bytes).toBeLessThan(smallBytes)
  })

  it('returns the limit when it has too many values', async () => {
    const answer = await test.as('ann').patch(`/api/v1/webhooks/${webhookId}`, unknownKeys(22_000))
    expect(problemOf(answer)).toMatchObject({
      status: 400,
      errors: [{ path: '/', message: `has more than ${limits.jsonValuesMax} values` }],
    })
  })

  it('returns the limit when it is nested too deeply', async () => {
    const { app, as } = test
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/webhooks',
      headers: { authorization: `Bearer ${await as('ann').key()}`, 'content-type': 'application/json' },
      payload: '['.repeat(20_000),
    })
    expect(problemOf(answer)).toMatchObject({
      status: 400,
      errors: [{ path: '/', message: `is nested deeper than ${limits.jsonDepthMax} levels` }],
    })
  })

  it('returns 413 on public routes when it exceeds the size of a token', async () => {
    const payload = unknownKeys(2000)
    const answer = await test.app.inject({ method: 'POST', url: '/auth/local', payload })
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'body-too-large'])
  })

  it('accepts thousands of values in a script sample, but not deep nesting', async () => {
    const url = `/api/v1/webhooks/${webhookId}/transformation/test`
    const script = 'function transform(data) { return { count: data.length } }'
    const wide = await test.as('ann').post(url, { script, body: Array(100_000).fill(1) })
    expect(wide.json()).toMatchObject({ error: null, output: { body: '{"count":100000}' } })
    const { app, as } = test
    const deep = await app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${await as('ann').key()}`, 'content-type': 'application/json' },
      payload: `{"script":${JSON.stringify(script)},"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    })
    expect(problemOf(deep)).toMatchObject({
      status: 400,
      errors: [{ path: '/', message: `is nested deeper than ${limits.sampleJsonDepthMax} levels` }],
    })
  })
})

describe('headers of a configured response', () => {
  const url = () => `/api/v1/webhooks/${webhookId}`
  const pairs = (count: number, valueChars = 1) =>
    Array.from({ length: count }, (_, n) => [`x-h${n}`, 'v'.repeat(valueChars)])

  it.each([
    [limits.answerHeadersMax + 1, 1],
    [6000, 1],
    [10, 1000],
  ])('are refused for %i headers of %i characters', async (count, chars) => {
    const answer = await test.as('ann').patch(url(), { response: { headers: pairs(count, chars) } })
    const { status, errors } = problemOf(answer)
    expect(status).toBe(400)
    expect(errors).toEqual([
      { path: '/response/headers', message: expect.stringMatching(/50 items|8192 bytes/) },
    ])
  })

  it('are accepted up to the limit', async () => {
    const headers = pairs(limits.answerHeadersMax, 100)
    expect((await test.as('ann').patch(url(), { response: { headers } })).statusCode).toBe(200)
  })
})

interface Schema {
  $ref?: string
  type?: string
  maxItems?: number
  items?: Schema
  prefixItems?: Schema[]
  uniqueItems?: boolean
  properties?: Record<string, Schema>
  anyOf?: Schema[]
}

it('limits every list of the body schemas; only lists of strings have unique items', async () => {
  const document = test.app.openapi() as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>
    components: { schemas: Record<string, Schema> }
  }
  const unbounded: string[] = []
  const resolved = ({ $ref, ...schema }: Schema): Schema =>
    $ref ? document.components.schemas[$ref.split('/').at(-1)!]! : schema
  function visit(given: Schema, path: string, above: readonly Schema[] = []) {
    const schema = resolved(given)
    // The filter schema is recursive.
    if (above.includes(schema)) return
    const within = [...above, schema]
    if (schema.type === 'array') {
      const members = [schema.items ?? [], schema.prefixItems ?? []].flat()
      if (schema.maxItems === undefined) unbounded.push(path)
      if (schema.uniqueItems && members.some((member) => resolved(member).type !== 'string'))
        unbounded.push(`${path} unique`)
      for (const member of members) visit(member, `${path}[]`, within)
    }
    for (const [name, field] of Object.entries(schema.properties ?? {}))
      visit(field, `${path}.${name}`, within)
    for (const one of schema.anyOf ?? []) visit(one, path, within)
  }
  let bodies = 0
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      const schema = requestBody?.content['application/json']?.schema
      if (schema) bodies++
      if (schema) visit(schema, `${method} ${path}`)
    }
  }
  expect(bodies).toBeGreaterThan(10)
  expect(unbounded).toEqual([])
})
