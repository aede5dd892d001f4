import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

const key = 'the bootstrap API key of this test, not secret'
let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp({ WHOOK_API_KEY: key })
})
afterAll(() => test[Symbol.asyncDispose]())

const call = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: unknown) =>
  test.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    payload: payload === undefined ? '' : JSON.stringify(payload),
  })

describe('field errors', () => {
  it.each<[string, object, string, RegExp]>([
    ['an unknown field', { colour: 'red' }, '/colour', /^is not a known field$/],
    ['a wrong type', { name: 7 }, '/name', /^must be string/],
  ])('name the violated rule of %s', async (_what, fields, path, message) => {
    const answer = await call('POST', '/webhooks', { name: 'x', ...fields })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  it('return only the limit for a too large "number or null"', async () => {
    const { id } = (await call('POST', '/webhooks', { name: 'x' })).json()
    const answer = await call('PATCH', `/webhooks/${id}`, { limits: { retentionDays: 99_999 } })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors).toEqual([{ path: '/limits/retentionDays', message: 'must be at most 3650' }])
  })

  it('list the allowed values for an unknown value', async () => {
    const webhook = (await call('POST', '/webhooks', { name: 'x' })).json()
    const retry = { strategy: 'sometimes', attemptsMax: 3 }
    const answer = await call('POST', `/webhooks/${webhook.id}/destinations`, {
      name: 'd',
      url: 'https://example.com/',
      retry,
    })
    expect(answer.statusCode).toBe(400)
    const strategy = answer.json().errors.find(({ path }: { path: string }) => path === '/retry/strategy')
    expect(strategy?.message).toMatch(/exponential.*linear.*list/)
  })
})

describe('a JSON content type without a body', () => {
  it('is accepted by DELETE', async () => {
    const webhook = (await call('POST', '/webhooks', { name: 'x' })).json()
    expect((await call('DELETE', `/webhooks/${webhook.id}`, undefined)).statusCode).toBe(204)
  })

  it('is refused where a body is required', async () => {
    const answer = await call('POST', '/webhooks', undefined)
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ path: '/', message: 'must be object' }],
    ])
  })
})
