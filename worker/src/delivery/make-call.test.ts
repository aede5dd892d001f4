import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { expect, it } from 'vitest'
import { createMakeCall, isCallOf } from './make-call.js'
import type { PreparedSettings, SendableRequest } from './parts.js'

const makeCall = createMakeCall({
  transform: () => Promise.reject(new Error('no scripts here')),
  nowMs: () => 0,
})
const filtering = (texts: string[]) =>
  createMakeCall({
    transform: async () => ({
      kind: 'filtered',
      logs: texts.map((text) => ({ level: 'log', text })),
      durationMs: 1,
    }),
    nowMs: () => 0,
  })
const claim = { id: 'd', attempts: 0 } as Claim
const settings = {
  headers: [],
  forwardHeaders: [],
  signingSecrets: [],
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

it.each([
  ['https://a.example/', 'a=1', 'https://a.example/?a=1'],
  ['https://a.example/?own=1', 'a=1', 'https://a.example/?own=1&a=1'],
  ['https://a.example/?own=1#part', '', 'https://a.example/?own=1#part'],
  ['https://a.example/#part', 'a=1', 'https://a.example/?a=1#part'],
  ['https://a.example/', 'a=b#c&d=1', 'https://a.example/?a=b%23c&d=1'],
])('%s called with %s is %s: nothing of the query is lost', async (url, query, expected) => {
  const made = await makeCall(
    claim,
    { ...request, query } as unknown as SendableRequest,
    { ...settings, url } as unknown as PreparedSettings,
  )
  expect(made).toMatchObject({ call: { url: expected } })
})

it.each([
  [[], "The destination's script returned null"],
  [['not ours', 'skipped'], "The destination's script returned null. Its console: not ours | skipped"],
])('a script that kept a request back having said %j: the reason says so', async (texts, reason) => {
  const withScript = { ...settings, script: 'any' } as unknown as PreparedSettings
  const made = await filtering(texts)(claim, request as unknown as SendableRequest, withScript)
  expect(made).toEqual({ kind: 'filtered', reason })
})

it('a reason is short, whatever a script says', async () => {
  const withScript = { ...settings, script: 'any' } as unknown as PreparedSettings
  const texts = Array.from({ length: 100 }, () => 'x'.repeat(1024))
  const made = await filtering(texts)(claim, request as unknown as SendableRequest, withScript)
  expect((made as { reason: string }).reason.length).toBeLessThan(1100)
})

it.each([
  ['https://a.example/', 'https://a.example/', true],
  ['https://a.example/#part', 'https://a.example/?a=1#part', true],
  ['https://a.example/?own=1', 'https://a.example/?own=1&a=1', true],
  ['https://a.example/new', 'https://a.example/old', false],
  ['https://a.example/v1', 'https://a.example/v10', false],
])('of a destination at %s, a call to %s is one: %s', (url, requestUrl, expected) => {
  expect(isCallOf(url, requestUrl)).toBe(expected)
})
