import type { Destination, RequestSummary, Webhook, WebhookRequest } from '@whook/shared'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../../testing/listen.js'
import { controlTexts, naughtyBodies, naughtyTexts } from '@whook/testing/naughty'
import { rawHttp } from '../../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
let headers: Record<string, string>
let webhook: Webhook
const agent = new Agent({ connections: 4 })

beforeAll(async () => {
  test = await listenWithWebhook()
  headers = { authorization: `Bearer ${await test.as('ann').key()}`, 'content-type': 'application/json' }
  webhook = await call<Webhook>('POST', '/webhooks', { name: 'x' })
})
afterAll(async () => {
  await agent.close()
  await test.close()
})

async function answer(method: string, path: string, body?: object) {
  const url = `http://127.0.0.1:${test.port}/api/v1${path}`
  const { statusCode, body: read } = await request(url, {
    method: method as 'GET',
    headers: body ? headers : { authorization: headers['authorization']! },
    body: body && JSON.stringify(body),
    dispatcher: agent,
  })
  return { status: statusCode, bytes: Buffer.from(await read.arrayBuffer()) }
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const { status, bytes } = await answer(method, path, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${bytes.toString()}`)
  return JSON.parse(bytes.toString()) as T
}

async function store(tail: string, type: string, body: Buffer, more = ''): Promise<string> {
  const head = `POST /${webhook.slug}${tail} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: ${type}\r\n${more}Content-Length: ${body.length}\r\n\r\n`
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body])
  const text = await rawHttp(test.port, bytes, { quietMs: 10_000 })
  expect(text).toMatch(/^HTTP\/1\.1 202 /)
  return /x-whook-request-id: (\S+)/.exec(text)![1]!
}

/** Reads a request back: the exact body, the request, and its entry in the list. */
async function readBack(id: string) {
  const { status, bytes } = await answer('GET', `/requests/${id}/body`)
  expect(status).toBe(200)
  const { items } = await call<{ items: RequestSummary[] }>('GET', `/webhooks/${webhook.id}/requests?limit=5`)
  return {
    bytes,
    request: await call<WebhookRequest>('GET', `/requests/${id}`),
    listed: items.find((item) => item.id === id),
  }
}

describe('a hostile body', () => {
  it.each(Object.entries(naughtyBodies))('is returned byte for byte: %s', async (_name, { type, body }) => {
    const { bytes, request, listed } = await readBack(await store('', type, body))
    expect(Buffer.compare(bytes, body)).toBe(0)
    expect(request).toMatchObject({ contentType: type, size: body.length })
    expect(listed).toMatchObject({ contentType: type, size: body.length })
    const { text, base64, truncated } = request.body
    const shown = text === null ? Buffer.from(base64!, 'base64') : Buffer.from(text)
    expect(Buffer.compare(shown, truncated ? body.subarray(0, shown.length) : body)).toBe(0)
  })
})

describe('hostile text', () => {
  it.each(Object.entries(naughtyTexts))(
    'is kept in path, query, header and body: %s',
    async (_name, text) => {
      const escaped = encodeURIComponent(text)
      const body = Buffer.from(JSON.stringify({ type: text, text }))
      const wire = Buffer.from(text).toString('latin1')
      const id = await store(`/${escaped}?q=${escaped}`, 'application/json', body, `X-Naughty: ${wire}\r\n`)
      const { bytes, request, listed } = await readBack(id)
      expect(Buffer.compare(bytes, body)).toBe(0)
      expect(request).toMatchObject({
        path: `/${escaped}`,
        query: `q=${escaped}`,
        body: { text: body.toString() },
      })
      expect(request.headers).toContainEqual(['X-Naughty', text])
      expect(listed).toMatchObject({ path: `/${escaped}`, query: `q=${escaped}` })
      expect(JSON.parse(request.body.text!)).toEqual({ type: text, text })
    },
  )
})

describe('hostile text as a name', () => {
  it.each(Object.entries(naughtyTexts))('is stored unchanged: %s', async (_name, name) => {
    const made = await call<Webhook>('POST', '/webhooks', { name })
    expect(made.name).toBe(name.trim())
    expect((await call<Webhook>('GET', `/webhooks/${made.id}`)).name).toBe(made.name)
    const url = 'https://a.example/'
    const sink = await call<Destination>('POST', `/webhooks/${made.id}/destinations`, { url, name })
    expect((await call<Destination>('GET', `/destinations/${sink.id}`)).name).toBe(made.name)
  })

  it.each(Object.entries(controlTexts))('is stored or refused, never a 500: %s', async (_name, name) => {
    const made = await answer('POST', '/webhooks', { name })
    const sink = await answer('POST', `/webhooks/${webhook.id}/destinations`, {
      url: 'https://a.example/',
      name,
    })
    for (const { status, bytes } of [made, sink]) {
      expect([201, 400]).toContain(status)
      if (status === 201)
        expect((JSON.parse(bytes.toString()) as { name: string }).name).toBe(Buffer.from(name).toString())
    }
    expect((await answer('GET', '/webhooks')).status).toBe(200)
  })
})
