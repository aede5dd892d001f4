import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  accessTable,
  bodies,
  deliveryStates,
  ofTheWindow,
  queries,
  type Access,
} from './testing/access-table.js'
import { buildTestApp } from './testing/build-test-app.js'
import { serverMode } from './testing/server-mode.js'
import { rowsOf, seedBelongings, type Belongings, type Headers } from './testing/seed-belongings.js'

type Document = { paths: Record<string, Record<string, { responses: object }>> }

let test: Awaited<ReturnType<typeof buildTestApp>>
let origin: string
let document: Document

beforeAll(async () => {
  test = await buildTestApp({ ...serverMode, TRUST_PROXY: '127.0.0.1' })
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${(test.app.server.address() as AddressInfo).port}`
  document = test.app.openapi() as Document
})
afterAll(() => test.close())

const nobody: Headers = {}

let callers = 0
/** Uses a new client address for each request, so that the limit of wrong credentials does not apply. */
const fromElsewhere = (): Headers => ({ 'x-forwarded-for': `10.0.${++callers >> 8}.${callers & 255}` })
const routes = Object.entries(accessTable).filter(([route]) => route !== 'get /ws')
const behindSignIn = routes.filter(([, access]) => access !== 'open')
const scopes = ['read', 'write', 'admin'] as const

/** Sends a request for objects of `target`, and expects a status that the OpenAPI document contains. */
async function call(route: string, target: Belongings, headers: Headers) {
  const [method, path] = route.split(' ') as [string, string]
  const body = bodies[route]?.(target)
  const query = queries[route]?.(target)
  const response = await fetch(origin + fill(path, target) + (query ? `?${query}` : ''), {
    method: method.toUpperCase(),
    redirect: 'manual',
    headers: { ...headers, ...fromElsewhere(), ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body && JSON.stringify(body),
  })
  const described = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method]
  if (described) expect(Object.keys(described.responses)).toContain(String(response.status))
  const text = await response.text()
  return { status: response.status, text, code: /"code":"([^"]+)"/.exec(text)?.[1] }
}

const fill = (path: string, target: Belongings) =>
  path
    .replace('*', 'swagger-ui.css')
    .replace(':code', 'validation')
    .replaceAll(/:(\w+)/g, (_, name: keyof Belongings) => {
      const value = target[name]
      if (typeof value !== 'string') throw new Error(`${path}: seedBelongings has no ${name}`)
      return value
    })

/** Returns whether the path or the body contains an id of an object. */
const namesAnObject = (route: string, target: Belongings) =>
  route.includes(':') || JSON.stringify(bodies[route]?.(target) ?? '').includes(target.webhookId)

const idsOf = (mine: Belongings) =>
  Object.values(mine).filter((value) => typeof value === 'string' && value.length > 1)

const enough = (access: Access, scope: (typeof scopes)[number]) =>
  access === 'signed-in' || scopes.indexOf(scope) >= scopes.indexOf(access as typeof scope)

it('lists exactly the served routes in the access table', () => {
  const served = test.app.routes.filter((route) => !ofTheWindow.test(route))
  expect(served.sort()).toEqual(Object.keys(accessTable).sort())
})

describe('open routes', () => {
  it.each(routes.filter(([, access]) => access === 'open'))(
    'allows %s without credentials',
    async (route) => {
      const { status, code } = await call(route, await seedBelongings(test), nobody)
      // The route is open, but server mode forbids local sign-in.
      if (route === 'post /auth/local') expect([status, code]).toEqual([403, 'forbidden'])
      else expect(status).toBeLessThan(400)
    },
  )
})

describe.each(behindSignIn)('%s', (route, access) => {
  const changes = !route.startsWith('get ')

  it('returns 401 without a valid credential, 403 for a small scope or foreign page', async () => {
    const mine = await seedBelongings(test, deliveryStates[route])
    const before = await rowsOf(test.database.sql, mine)
    expect(await call(route, mine, nobody)).toMatchObject({ status: 401, code: 'unauthenticated' })
    for (const [name, headers] of Object.entries(mine.useless)) {
      expect([name, (await call(route, mine, headers)).status]).toEqual([name, 401])
    }
    for (const scope of scopes.filter((scope) => !enough(access, scope))) {
      expect(await call(route, mine, mine.keys[scope])).toMatchObject({ status: 403, code: 'scope-missing' })
    }
    if (changes) {
      const { cookie } = mine.session as { cookie: string }
      expect(await call(route, mine, { cookie })).toMatchObject({ status: 403, code: 'csrf-invalid' })
      const foreign = { ...mine.session, origin: 'https://evil.example' }
      expect(await call(route, mine, foreign)).toMatchObject({ status: 403, code: 'origin-forbidden' })
    } else {
      const head = await fetch(origin + fill(route.slice(4), mine), { method: 'HEAD' })
      expect(head.status).toBe(401)
    }
    expect(await rowsOf(test.database.sql, mine)).toEqual(before)
  })

  it('finds, returns and changes nothing for another user', async () => {
    const mine = await seedBelongings(test, deliveryStates[route])
    const before = await rowsOf(test.database.sql, mine)
    const [one, another] = [await seedBelongings(test), await seedBelongings(test)]
    for (const headers of [one.session, another.keys.admin]) {
      const { status, text } = await call(route, mine, headers)
      // The confirmation contains the id of an account that is not the account of the caller.
      const expected = route === 'delete /api/v1/me' ? 400 : namesAnObject(route, mine) ? 404 : 'an answer'
      expect(status < 300 ? 'an answer' : status).toBe(expected)
      for (const id of idsOf(mine)) expect(text).not.toContain(id)
    }
    expect(await rowsOf(test.database.sql, mine)).toEqual(before)
  })

  it('allows the owner with a session and with every key of sufficient scope', async () => {
    const credentials = [
      (mine: Belongings) => mine.session,
      ...scopes
        .filter((scope) => enough(access, scope))
        .map((scope) => (mine: Belongings) => mine.keys[scope]),
    ]
    for (const credential of credentials) {
      const mine = await seedBelongings(test, deliveryStates[route])
      const { status, text } = await call(route, mine, credential(mine))
      expect([status < 300, text]).toEqual([true, text])
    }
  })
})

describe('ids in a query or a body', () => {
  type Ride = [name: string, ask: (own: Belongings, theirs: Belongings) => [string, object?], status: number]
  const rides: Ride[] = [
    ['a filter by webhook', (_, { webhookId }) => [`get /api/v1/deliveries?webhookId=${webhookId}`], 404],
    ['a filter by replay', (_, { replayId }) => [`get /api/v1/deliveries?replayId=${replayId}`], 404],
    [
      'a filter by destination',
      (_, { destinationId }) => [`get /api/v1/deliveries?destinationId=${destinationId}`],
      200,
    ],
    [
      'a script test with a request',
      ({ webhookId }, { requestId }) => [
        `post /api/v1/webhooks/${webhookId}/transformation/test`,
        { script: 'function transform(data) { return data }', requestId },
      ],
      404,
    ],
    [
      'a replay to a destination',
      ({ requestId }, { destinationId }) => [
        `post /api/v1/requests/${requestId}/replay`,
        { destinationIds: [destinationId] },
      ],
      404,
    ],
    [
      'replays to a destination',
      ({ webhookId }, { destinationId }) => [
        'post /api/v1/replays',
        { webhookId, destinationIds: [destinationId] },
      ],
      404,
    ],
    [
      'replays of deliveries to a destination',
      (_, { destinationId }) => ['post /api/v1/replays', { deliveryFilter: { destinationId } }],
      404,
    ],
    [
      'replays of deliveries of a webhook',
      (_, { webhookId }) => ['post /api/v1/replays', { deliveryFilter: { webhookId } }],
      404,
    ],
    [
      'replays of requests by id',
      (_, { requestId }) => ['post /api/v1/replays/count', { requestIds: [requestId] }],
      200,
    ],
  ]
  it.each(rides)('finds nothing for %s of another user', async (_, ask, expected) => {
    const [own, theirs] = [await seedBelongings(test), await seedBelongings(test)]
    const before = await rowsOf(test.database.sql, theirs)
    const [route, body] = ask(own, theirs)
    const [method, path] = route.split(' ') as ['get' | 'post', string]
    const response = await fetch(origin + path, {
      method,
      headers: { ...own.session, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    expect([response.status, text]).toEqual([expected, text])
    for (const id of idsOf(theirs)) expect(text).not.toContain(id)
    if (route.startsWith('post') && expected === 200)
      expect(text).toBe('{"total":0,"deliveries":0,"withFilter":0}')
    expect(await rowsOf(test.database.sql, theirs)).toEqual(before)
  })
})

describe('GET /ws', () => {
  const page = () => ({ origin: new URL(test.config.publicUrl).origin })
  const asking: [string, (mine: Belongings) => Headers, number][] = [
    ['no credential from our page', page, 401],
    ['no credential without an origin', () => nobody, 401],
    ['the session from our page', (mine) => ({ ...mine.session, ...page() }), 101],
    ['the session from a foreign page', (mine) => ({ ...mine.session, origin: 'https://evil.example' }), 403],
    ['the session without an origin', (mine) => mine.session, 403],
    ['a key from a foreign page', (mine) => ({ ...mine.keys.admin, origin: 'https://evil.example' }), 101],
    ...scopes.map((scope): (typeof asking)[number] => [`a ${scope} key`, (mine) => mine.keys[scope], 101]),
  ]
  it.each(asking)('returns the expected status for %s', async (_, headersOf, expected) => {
    expect(await open(headersOf(await seedBelongings(test)))).toBe(expected)
  })

  it('returns 401 for every invalid credential', async () => {
    const { useless } = await seedBelongings(test)
    for (const [name, headers] of Object.entries(useless)) {
      expect([name, await open({ ...headers, ...page() })]).toEqual([name, 401])
    }
  })

  function open(headers: Headers): Promise<number> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, {
      headers: { ...headers, ...fromElsewhere() },
    })
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(101))
      socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0))
      socket.once('error', reject)
    }).finally(() => socket.terminate()) as Promise<number>
  }
})
