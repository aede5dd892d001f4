import fc from 'fast-check'
import { Client } from 'undici'
import { expect, it } from 'vitest'
import { buildOutboundHeaders, validateCustomHeaders, validateForwardHeaders } from './forward-headers.js'

const hopByHop =
  'host connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade expect content-length'
const ofTheWay =
  'forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip via cf-connecting-ip cf-ray'
const credentials = 'authorization cookie set-cookie x-api-key x-csrf-token x-gitlab-token'
const ours = 'webhook-id webhook-timestamp webhook-signature x-whook-attempt x-whook-hop x-whook-request-id'
const plain = 'content-type content-encoding x-github-event stripe-signature user-agent x-private'
const known = [hopByHop, ofTheWay, credentials, ours, plain].flatMap((names) => names.split(' '))

const anyCase = (name: string) =>
  fc
    .infiniteStream(fc.boolean())
    .map((flips) => [...name].map((letter) => (flips.next().value ? letter.toUpperCase() : letter)).join(''))
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,30}$/)
const name = fc.oneof(fc.constantFrom(...known).chain(anyCase), token)
const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,60}$/)
const pairs = fc.array(fc.tuple(name, value), { maxLength: 15 })
const input = fc.record({
  rawHeaders: pairs,
  customHeaders: pairs.map((all) => all.filter((pair) => validateCustomHeaders([pair]).length === 0)),
  forwardHeaders: fc
    .array(name.map((text) => text.toLowerCase()))
    .map((all) => all.filter((one) => validateForwardHeaders([one]).length === 0)),
  secrets: fc.constantFrom<string[]>([], ['whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz']),
})
const sent = (
  given: Pick<
    Parameters<typeof buildOutboundHeaders>[0],
    'rawHeaders' | 'customHeaders' | 'forwardHeaders' | 'secrets'
  >,
) =>
  buildOutboundHeaders({
    ...given,
    requestId: 'request',
    webhookId: 'webhook',
    deliveryId: 'delivery',
    attempt: 1,
    verification: 'failed',
    body: Buffer.from('x'),
    nowSeconds: 1_700_000_000,
  })

it('never forwards connection or proxy headers, with any settings', () => {
  const never = new Set(`${hopByHop} ${ofTheWay}`.split(' '))
  fc.assert(
    fc.property(input, (given) => {
      const set = new Set(given.customHeaders.map(([name]) => name.toLowerCase()))
      const bad = sent(given).filter(
        ([name]) => never.has(name.toLowerCase()) && !set.has(name.toLowerCase()),
      )
      expect(bad).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

it('never forwards a credential without its name in the settings', () => {
  const secret = new Set(credentials.split(' '))
  fc.assert(
    fc.property(input, (given) => {
      const asked = new Set([
        ...given.forwardHeaders,
        ...given.customHeaders.map(([name]) => name.toLowerCase()),
      ])
      const leaked = sent(given).filter(
        ([name]) => secret.has(name.toLowerCase()) && !asked.has(name.toLowerCase()),
      )
      expect(leaked).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

it("sends each of Whook's own headers once, with its own value", () => {
  fc.assert(
    fc.property(input, (given) => {
      const all = sent(given)
      const one = (name: string) =>
        all.filter(([each]) => each.toLowerCase() === name).map(([, text]) => text)
      expect(one('webhook-id')).toEqual(['delivery'])
      expect(one('webhook-timestamp')).toEqual(['1700000000'])
      expect(one('x-whook-attempt')).toEqual(['1'])
      expect(one('webhook-signature')).toHaveLength(given.secrets.length)
      expect(one('user-agent')).toHaveLength(1)
    }),
    { numRuns: 500 },
  )
})

it('returns headers that undici accepts', () => {
  const client = new Client('http://127.0.0.1:9')
  fc.assert(
    fc.property(input, (given) => {
      const refused: string[] = []
      // undici validates the headers before it connects, and reports errors immediately.
      client.dispatch(
        { path: '/', method: 'POST', headers: sent(given).flat() },
        {
          onRequestStart: () => {},
          onResponseError: (_, error) => void refused.push(error.message),
        },
      )
      expect(refused).toEqual([])
    }),
    { numRuns: 500 },
  )
  return client.destroy()
})
