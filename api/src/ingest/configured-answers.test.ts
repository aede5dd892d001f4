import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAnswerHeaderAllowed } from '@whook/shared'
import { rawHttp } from '../testing/raw-http.js'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

async function webhookWith(response: object) {
  const ann = test.as('ann')
  const { id, slug } = (await ann.post('/api/v1/webhooks', { name: 'x' })).json<{
    id: string
    slug: string
  }>()
  const answer = await ann.patch(`/api/v1/webhooks/${id}`, { response })
  return { id, slug, answer }
}
const get = (slug: string, headers = '') =>
  rawHttp(test.port, `GET /${slug} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${headers}\r\n`, {
    quietMs: 10_000,
  })

describe('headers of a configured response', () => {
  it.each([
    'WWW-Authenticate',
    'X-Accel-Redirect',
    'X-Accel-Buffering',
    'X-Sendfile',
    'X-Send-File',
    'X-LIGHTTPD-send-file',
    'X-LiteSpeed-Location',
    'X-Reproxy-URL',
    'Set-Cookie',
    'Location',
    'Service-Worker-Allowed',
    'Content-Encoding',
    'Access-Control-Allow-Origin',
    'X-Whook-Request-Id',
    'Unheard-Of',
  ])('returns 400 that names %s', async (name) => {
    const { answer } = await webhookWith({ headers: [[name, 'x']] })
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errors: object[] }>().errors).toEqual([
      { path: '/response/headers/0', message: expect.stringContaining(name) },
    ])
  })

  it('allows headers of the body and custom x- headers', () => {
    for (const name of [
      'Content-Type',
      'cache-control',
      'X-Hook-Secret',
      'x-anything',
      'WebHook-Allowed-Origin',
    ])
      expect([name, isAnswerHeaderAllowed(name)]).toEqual([name, true])
  })

  it('returns 400 for more than 50 headers', async () => {
    const { answer } = await webhookWith({ headers: Array.from({ length: 51 }, (_, n) => [`x-${n}`, 'a']) })
    expect(answer.json()).toMatchObject({
      errors: [{ path: '/response/headers', message: 'must NOT have more than 50 items' }],
    })
  })

  it('does not send a stored header that is now forbidden, and lists it as ignored', async () => {
    const { id, slug } = await webhookWith({ headers: [['x-mine', 'a']], body: 'hi' })
    const stored = [
      ['X-Accel-Redirect', '/api/v1/me'],
      ['x-mine', 'a'],
    ]
    await test.database.sql`
      update webhook set response = response || ${JSON.stringify({ headers: stored })}::text::jsonb where id = ${id}`
    const ann = test.as('ann')
    const patched = await ann.patch(`/api/v1/webhooks/${id}`, { response: { status: 201 } })
    expect(patched.json()).toMatchObject({
      response: { status: 201, headers: stored },
      ignoredResponseHeaders: ['X-Accel-Redirect'],
    })
    const answer = await get(slug)
    expect(answer).toMatch(/^HTTP\/1\.1 201 /)
    expect(answer).toMatch(/^x-mine: a\r$/im)
    expect(answer).not.toMatch(/x-accel/i)
  })

  it('sends the content type of the default body with custom headers', async () => {
    const { slug } = await webhookWith({ headers: [['x-mine', 'a']] })
    expect(await get(slug)).toMatch(/^content-type: application\/json\r$/im)
    const typed = await webhookWith({ headers: [['Content-Type', 'application/vnd.a+json']] })
    expect((await get(typed.slug)).match(/^content-type: .*$/gim)).toEqual([
      'Content-Type: application/vnd.a+json',
    ])
  })
})

describe('browser that would execute the response', () => {
  it.each([
    'Service-Worker: script',
    ...['script', 'worker', 'sharedworker', 'serviceworker', 'style', 'object', 'embed', 'iframe'].map(
      (destination) => `Sec-Fetch-Dest: ${destination}`,
    ),
  ])('receives the default response with %s', async (header) => {
    const { slug } = await webhookWith({
      headers: [['content-type', 'text/javascript']],
      body: 'alert(1)',
    })
    const answer = await get(slug, `${header}\r\n`)
    expect(answer).toMatch(/^content-type: application\/json\r$/im)
    expect(answer).not.toContain('alert')
    expect(await get(slug, 'Sec-Fetch-Dest: document\r\n')).toContain('alert(1)')
  })
})
