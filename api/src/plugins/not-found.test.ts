import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

const call = (method: string, url: string) =>
  test.app.inject({ method: method as 'GET', url, headers: { host: 'localhost:5000' } })
const id = '00000000-0000-4000-8000-000000000000'

describe('the not-found handler', () => {
  it.each([
    ['PUT', '/api/v1/webhooks', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', `/api/v1/webhooks/${id}`, 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['GET', `/api/v1/webhooks/${id}/rotate-url`, 'OPTIONS, POST'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/api/v1/me', 'DELETE, GET, HEAD, OPTIONS'],
  ])('answers 405 with Allow for %s %s', async (method, url, allow) => {
    const answer = await call(method, url)
    expect(answer.statusCode).toBe(405)
    expect(answer.headers.allow).toBe(allow)
    expect(answer.json()).toMatchObject({ code: 'method-not-allowed' })
  })

  it('answers 204 with Allow for OPTIONS', async () => {
    const answer = await call('OPTIONS', '/api/v1/webhooks')
    expect([answer.statusCode, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS, POST'])
  })

  it.each(['GET', 'PUT', 'OPTIONS'])('answers 404 for %s of a path that does not exist', async (method) => {
    expect((await call(method, '/api/v1/nothing')).statusCode).toBe(404)
  })

  it('returns the list when the path ends with a slash', async () => {
    const answer = await test.as('ann').get('/api/v1/webhooks/?limit=1')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ items: [], nextCursor: null })
  })

  it('sends cache-control: no-store with user data', async () => {
    expect((await test.as('ann').get('/api/v1/me')).headers['cache-control']).toBe('no-store')
    expect((await call('GET', '/auth/options')).headers['cache-control']).toBe('no-store')
  })
})
