import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { expect, it } from 'vitest'
import { buildOutboundRequest, isCallOf, type Transform } from './build-outbound-request.js'
import type { SendableRequest } from './prefetch/request-loader.js'
import type { PreparedSettings } from './prepare-settings.js'

const noScripts: Transform = () => Promise.reject(new Error('no scripts here'))
const filtering =
  (texts: string[]): Transform =>
  async () => ({
    kind: 'filtered',
    logs: texts.map((text) => ({ level: 'log', text })),
    durationMs: 1,
  })
const claim = { id: 'd', attempts: 0 } as Claim
const settings = {
  headers: [],
  forwardHeaders: [],
  signingSecrets: [],
  appendPath: false,
  siblings: 1,
  userId: 'u',
  problem: null,
  webhookScript: null,
  script: null,
}
const request = {
  id: 'r',
  webhookId: 'w',
  method: 'POST',
  path: '/',
  verification: 'unconfigured',
  headers: [],
  body: Buffer.from(''),
} as const

const build = (from: Partial<SendableRequest>, to: Partial<PreparedSettings>, transform = noScripts) =>
  buildOutboundRequest(
    claim,
    { ...request, query: '', ...from } as SendableRequest,
    { ...settings, ...to } as PreparedSettings,
    { transform, nowMs: () => 0 },
  )

it.each([
  [false, 'https://a.example/base?x=1'],
  [true, 'https://a.example/base/a/b?x=1'],
])('with appendPath %s sends a request for /a/b to %s', async (appendPath, expected) => {
  const prepared = await build({ path: '/a/b', query: 'x=1' }, { url: 'https://a.example/base', appendPath })
  expect(prepared).toMatchObject({ call: { tenant: 'u', method: 'POST', url: expected } })
})

it('fails permanently when the request path leaves the base path of the destination', async () => {
  const prepared = await build({ path: '/..%2fadmin' }, { url: 'https://a.example/base', appendPath: true })
  expect(prepared).toMatchObject({ kind: 'failed', outcome: 'policy', final: true })
  expect(await build({ path: '/..' }, { url: 'https://a.example/base' })).toMatchObject({ kind: 'call' })
})

it("sends the method and path of the script's output when appendPath is off", async () => {
  const output = { body: request.body, bodyChanged: false, contentType: null, headers: [], query: null }
  const scripted: Transform = async () => ({
    kind: 'output',
    ...output,
    method: 'PUT',
    path: '/orders/7',
    logs: [],
    durationMs: 1,
  })
  const prepared = await build({ path: '/a' }, { url: 'https://a.example/base', script: 'any' }, scripted)
  expect(prepared).toMatchObject({ call: { method: 'PUT', url: 'https://a.example/base/orders/7' } })
})

const hook = 'https://whook.example/wh_0123456789012345678901'
const left = (value: string): Partial<SendableRequest> => ({ headers: [['X-Whook-Forwards-Left', value]] })
const sentLeft = (prepared: Awaited<ReturnType<typeof buildOutboundRequest>>) =>
  prepared.kind === 'call' && Object.fromEntries(prepared.call.headers)['x-whook-forwards-left']

it.each([
  { name: 'external request to one webhook', from: {}, siblings: 1, expected: '199' },
  { name: 'external request to one of 50', from: {}, siblings: 50, expected: '3' },
  { name: 'with 10 left, to one of 3', from: left('10'), siblings: 3, expected: '2' },
  { name: 'with more left than the limit', from: left('999999'), siblings: 1, expected: '199' },
])('shares the forwarding budget of a request: $name', async ({ from, siblings, expected }) => {
  expect(sentLeft(await build(from, { url: hook, siblings }))).toBe(expected)
})

it('fails permanently when the budget is too small for every webhook', async () => {
  const prepared = await build(left('2'), { url: hook, siblings: 3 })
  expect(prepared).toMatchObject({
    kind: 'failed',
    outcome: 'policy',
    final: true,
    error: expect.stringMatching(/at most 200/),
  })
  const elsewhere = await build(left('2'), { url: 'https://shop.example/', siblings: 3 })
  expect(sentLeft(elsewhere)).toBeUndefined()
})

it.each([
  `${hook}/a`,
  'https://a.example/hooks/wh_0123456789012345678901',
  'https://a/%77h_0123456789012345678901',
])('counts %s as the URL of a webhook', async (url) => {
  expect(sentLeft(await build({}, { url }))).toBe('199')
})

it.each([
  [[], "The destination's script returned null"],
  [['not ours', 'skipped'], "The destination's script returned null. Console: not ours | skipped"],
])('returns the console in the reason when a script logs %j and returns null', async (texts, reason) => {
  const prepared = await build({}, { script: 'any' }, filtering(texts))
  expect(prepared).toEqual({ kind: 'filtered', reason })
})

it('truncates the reason when a script logs too much', async () => {
  const texts = Array.from({ length: 100 }, () => 'x'.repeat(1024))
  const prepared = await build({}, { script: 'any' }, filtering(texts))
  expect((prepared as { reason: string }).reason.length).toBeLessThan(1100)
})

it.each([
  ['https://a.example/', 'https://a.example/', true],
  ['https://a.example/#part', 'https://a.example/?a=1#part', true],
  ['https://a.example/?own=1', 'https://a.example/?own=1&a=1', true],
  ['https://a.example/new', 'https://a.example/old', false],
  ['https://a.example/v1', 'https://a.example/v10', false],
])('compares the destination %s with the called URL %s: %s', (url, requestUrl, expected) => {
  expect(isCallOf(url, requestUrl)).toBe(expected)
})
