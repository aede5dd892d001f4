import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { VerificationInput } from '@whook/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>

beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

interface HandshakeCall {
  method?: string
  query?: string
  headers?: Record<string, string>
  body?: string
}

/** Creates a webhook over REST. `call` sends a request to it, and returns the response and the stored row. */
async function webhookFor(verification: VerificationInput | null) {
  const ann = test.as('ann')
  const { id, slug } = (await ann.post('/api/v1/webhooks', { name: 'x' })).json<{
    id: string
    slug: string
  }>()
  const set = async (to: VerificationInput | null) => {
    const changed = await ann.patch(`/api/v1/webhooks/${id}`, { verification: to })
    expect([changed.statusCode, changed.body]).toEqual([200, changed.body])
  }
  await set(verification)
  return {
    slug,
    set,
    call: async ({ method = 'POST', query = '', headers, body }: HandshakeCall) => {
      const url = `http://127.0.0.1:${test.port}/${slug}${query}`
      const answer = await fetch(url, { method, headers, body })
      const [row] = await test.database.sql<
        { event: string | null; outcome: string; reason: string | null }[]
      >`
        select event, verification as outcome, verification_reason as reason from webhook_request
        where id = ${answer.headers.get('x-whook-request-id')}`
      return { status: answer.status, headers: answer.headers, text: await answer.text(), kept: row! }
    },
  }
}

const hmac = (content: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', 'key').update(content).digest(encoding)
const now = () => String(Math.floor(Date.now() / 1000))

const slack = (body: string): HandshakeCall => {
  const time = now()
  const signature = `v0=${hmac(`v0:${time}:${body}`)}`
  return { body, headers: { 'x-slack-request-timestamp': time, 'x-slack-signature': signature } }
}
const zoom = (body: string): HandshakeCall => {
  const time = now()
  const signature = `v0=${hmac(`v0:${time}:${body}`)}`
  return { body, headers: { 'x-zm-request-timestamp': time, 'x-zm-signature': signature } }
}
const slackBody = (challenge: string) => JSON.stringify({ token: 't', challenge, type: 'url_verification' })
const zoomBody = (plainToken: string) =>
  JSON.stringify({ payload: { plainToken }, event_ts: 1, event: 'endpoint.url_validation' })
const meta = (challenge: string, token = 'mine'): HandshakeCall => ({
  method: 'GET',
  query: `?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${encodeURIComponent(challenge)}`,
})
const dropbox = (challenge: string): HandshakeCall => ({
  method: 'GET',
  query: `?challenge=${encodeURIComponent(challenge)}`,
})
const graph = (token: string): HandshakeCall => ({ query: `?validationToken=${encodeURIComponent(token)}` })
const x = (token: string): HandshakeCall => ({
  method: 'GET',
  query: `?crc_token=${encodeURIComponent(token)}`,
})
const okta = (challenge: string): HandshakeCall => ({
  method: 'GET',
  headers: { 'x-okta-verification-challenge': challenge, authorization: 'key' },
})
const asana = (secret: string): HandshakeCall => ({ headers: { 'x-hook-secret': secret } })

describe('echo of a handshake', () => {
  const key = { secrets: ['key'] }
  const echoing = [
    ['slack', { provider: 'slack', ...key }, (text: string) => slack(slackBody(text))],
    ['meta', { provider: 'meta', verifyToken: 'mine', ...key }, (text: string) => meta(text)],
    ['dropbox', { provider: 'dropbox', ...key }, dropbox],
    ['microsoft-graph', { provider: 'microsoft-graph', ...key }, graph],
  ] as const

  it.each(echoing)(
    'returns the challenge of %s as plain text and stores the request',
    async (_, verification, make) => {
      const webhook = await webhookFor({ ...verification, secrets: ['key'] })
      const text = '<script>alert(1)</script> & "more"'
      const answer = await webhook.call(make(text))
      expect([answer.status, answer.text]).toEqual([200, text])
      expect(answer.headers.get('content-type')).toBe('text/plain')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('content-security-policy')).toContain('sandbox')
      expect(answer.kept.event).toMatch(/^(handshake|url_verification)$/)
      expect(answer.kept.outcome).toMatch(/^(verified|unconfigured)$/)
    },
  )

  it.each(echoing)(
    'returns no echo for %s when the text is long or not printable',
    async (_, verification, make) => {
      const webhook = await webhookFor({ ...verification, secrets: ['key'] })
      for (const text of ['x'.repeat(513), 'a\nb', 'ü', 'a\u0000b', '']) {
        const answer = await webhook.call(make(text))
        expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('"status":"accepted"')])
      }
      expect((await webhook.call(make('x'.repeat(512)))).text).toBe('x'.repeat(512))
    },
  )

  const all = [
    slack(slackBody('c')),
    zoom(zoomBody('c')),
    meta('c'),
    dropbox('c'),
    graph('c'),
    x('c'),
    okta('c'),
    asana('c'),
    { body: '{"type":1}' },
  ]
  it.each([null, { provider: 'github' as const, secrets: ['key'] }])(
    'returns no echo when the webhook verifies another provider: %j',
    async (verification) => {
      const webhook = await webhookFor(verification)
      for (const call of all) {
        const answer = await webhook.call(call)
        expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('"status":"accepted"')])
        expect(answer.headers.has('x-hook-secret')).toBe(false)
      }
    },
  )
})

it('Slack: returns no echo when the signature is invalid', async () => {
  const webhook = await webhookFor({ provider: 'slack', secrets: ['another'] })
  const answer = await webhook.call(slack(slackBody('c')))
  expect([answer.status, answer.kept.outcome]).toEqual([202, 'failed'])
})

it('Zoom: signs the token of a signed request, but no text like an event', async () => {
  const webhook = await webhookFor({ provider: 'zoom', secrets: ['key'] })
  const answer = await webhook.call(zoom(zoomBody('qgg8vlvZRS6UYooatFL8Aw')))
  expect(JSON.parse(answer.text)).toEqual({
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken: hmac('qgg8vlvZRS6UYooatFL8Aw'),
  })
  expect(answer.kept).toMatchObject({ event: 'endpoint.url_validation', outcome: 'verified' })
  const unsigned = await webhook.call({ body: zoomBody('qgg8vlvZRS6UYooatFL8Aw') })
  expect(unsigned.text).toContain('"status":"accepted"')
  const forged = await webhook.call(zoom(zoomBody('v0:1700000000:{"event":"meeting.ended"}')))
  expect(forged.text).toContain('"status":"accepted"')
})

it('X: signs a token, but no text like an event', async () => {
  const webhook = await webhookFor({ provider: 'x', secrets: ['key'] })
  const answer = await webhook.call(x('YTVlMmQ2'))
  expect(JSON.parse(answer.text)).toEqual({ response_token: `sha256=${hmac('YTVlMmQ2', 'base64')}` })
  expect((await webhook.call(x('{"tweet_create_events":[]}'))).text).toContain('"status":"accepted"')
})

it('Discord: answers both PING types, and returns 401 for an invalid signature', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const secret = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
  const webhook = await webhookFor({ provider: 'discord', secrets: [secret] })
  const signed = (body: string): HandshakeCall => {
    const time = now()
    const signature = sign(null, Buffer.from(time + body), privateKey).toString('hex')
    return { body, headers: { 'x-signature-timestamp': time, 'x-signature-ed25519': signature } }
  }
  const interaction = await webhook.call(signed('{"type":1}'))
  expect([interaction.status, interaction.text]).toEqual([200, '{"type":1}'])
  expect(interaction.headers.get('content-type')).toBe('application/json')
  const event = await webhook.call(signed('{"version":1,"type":0}'))
  expect([event.status, event.text]).toEqual([204, ''])
  expect((await webhook.call(signed('{"type":2}'))).status).toBe(202)

  const bad = await webhook.call({ ...signed('{"type":1}'), body: '{"type":1} ' })
  expect([bad.status, bad.kept.outcome, bad.kept.event]).toEqual([401, 'failed', null])
})

it('Meta: answers only the verify token, and stores the reason otherwise', async () => {
  const webhook = await webhookFor({ provider: 'meta', secrets: ['key'], verifyToken: 'mine' })
  expect(await webhook.call(meta('1158201444'))).toMatchObject({ status: 200, text: '1158201444' })
  const wrong = await webhook.call(meta('1158201444', 'guessed'))
  expect([wrong.status, wrong.kept.outcome]).toEqual([202, 'failed'])
  expect(wrong.kept.reason).toMatch(/the verify token does not match/)
  await webhook.set({ provider: 'meta', secrets: ['key'] })
  expect((await webhook.call(meta('1158201444', ''))).kept.reason).toMatch(/no verify token is set/)
})

it('Asana: returns the sent secret, but only the configured one if there is one', async () => {
  const webhook = await webhookFor({ provider: 'asana', secrets: [] })
  const first = await webhook.call(asana('from-asana'))
  expect([first.status, first.headers.get('x-hook-secret')]).toEqual([200, 'from-asana'])
  expect(first.kept).toMatchObject({ event: 'handshake', reason: expect.stringMatching(/X-Hook-Secret/) })
  await webhook.set({ provider: 'asana', secrets: ['from-asana'] })
  expect((await webhook.call(asana('from-asana'))).headers.get('x-hook-secret')).toBe('from-asana')
  const other = await webhook.call(asana('from-another'))
  expect([other.status, other.headers.has('x-hook-secret'), other.kept.outcome]).toEqual([
    202,
    false,
    'failed',
  ])
  const signature = createHmac('sha256', 'from-asana').update('{}').digest('hex')
  const event = await webhook.call({ body: '{}', headers: { 'x-hook-signature': signature } })
  expect(event.kept.outcome).toBe('verified')
})

it('Okta: returns the challenge as an escaped JSON string', async () => {
  const webhook = await webhookFor({ provider: 'okta', secrets: ['key'] })
  const answer = await webhook.call(okta('a"},{"b'))
  expect(JSON.parse(answer.text)).toEqual({ verification: 'a"},{"b' })
  expect(answer.kept.outcome).toBe('verified')
})

it('Square: verifies the public URL when the Host header is different', async () => {
  const webhook = await webhookFor({ provider: 'square', secrets: ['key'] })
  const body = '{"type":"payment.created"}'
  const signature = hmac(`http://localhost:5000/${webhook.slug}?a=b%20c${body}`, 'base64')
  const headers = { 'x-square-hmacsha256-signature': signature }
  expect((await webhook.call({ query: '?a=b%20c', headers, body })).kept.outcome).toBe('verified')
})
