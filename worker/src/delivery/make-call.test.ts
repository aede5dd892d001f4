import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { expect, it } from 'vitest'
import { createMakeCall } from './make-call.js'
import type { PreparedSettings, SendableRequest } from './parts.js'

const makeCall = createMakeCall({
  transform: () => Promise.reject(new Error('no scripts here')),
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
const request = { id: 'r', webhookId: 'w', method: 'POST', path: '/', headers: [], body: Buffer.from('') }

it.each([
  ['https://a.example/', 'a=1', 'https://a.example/?a=1'],
  ['https://a.example/?own=1', 'a=1', 'https://a.example/?own=1&a=1'],
  ['https://a.example/?own=1#part', '', 'https://a.example/?own=1#part'],
  ['https://a.example/#part', 'a=1', 'https://a.example/?a=1#part'],
  ['https://a.example/', 'a=b#c&d=1', 'https://a.example/?a=b%23c&d=1'],
])('%s called with %s is %s: nothing of the query is lost', async (url, query, expected) => {
  const made = await makeCall(
    claim,
    { ...request, query } as SendableRequest,
    { ...settings, url } as unknown as PreparedSettings,
  )
  expect(made).toMatchObject({ call: { url: expected } })
})
