import type { ServerResponse } from 'node:http'
import { newId } from '@whook/runtime/ids'
import { newSigningSecret } from '@whook/runtime/outbound/sign'
import { seedQueue } from '@whook/testing/seed-delivery'
import { secretContexts } from '@whook/runtime/secrets'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { createSink, status } from '@whook/testing/sink'
import { createEngineTest, testSecrets } from '../testing/test-engine.js'

type Test = Awaited<ReturnType<typeof createEngineTest>>

const rowOf = async ({ sql }: Test, id: string) =>
  (await sql`select * from delivery where id = ${id}::uuid`)[0]!
const attemptsOf = ({ sql }: Test, id: string) =>
  sql`select * from attempt where delivery_id = ${id}::uuid order by number`

const settled = (test: Test, id: string, expected: string) =>
  vi.waitFor(async () => expect((await rowOf(test, id))['status']).toBe(expected), {
    timeout: 10_000,
    interval: 20,
  })

const quick = { strategy: 'list', delaysSeconds: [0], jitter: 0, attemptsMax: 3 } as const
const policy = {
  ...quick,
  delaysSeconds: [0],
  baseSeconds: 1,
  factor: 2,
  maxDelaySeconds: 1,
  maxAgeSeconds: 3600,
}

describe('deliverRequest', () => {
  it('sends the exact bytes with a signature and records the attempt', async () => {
    await using sink = await createSink(status(200, { 'x-answer': 'yes' }, 'thanks'))
    await using test = await createEngineTest()
    const queue = await seedQueue(test, {
      bodies: ['{"price":1.10,"text":"ünï"}'],
      destination: { url: `${sink.url}hook?key=1`, headers: [['x-own', 'mine']] },
    })
    const secret = newSigningSecret()
    const secretId = newId()
    await test.sql`insert into destination_secret (id, destination_id, secret)
      values (${secretId}, ${queue.destination.id}, ${testSecrets.seal(secretContexts.signingSecret(secretId), secret)})`
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'delivered')

    const [call] = sink.seen
    expect(call).toMatchObject({ method: 'POST', url: '/hook?key=1&a=1' })
    expect(call!.body.toString()).toBe('{"price":1.10,"text":"ünï"}')
    expect(call!.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': queue.deliveryId,
      'x-own': 'mine',
      'x-whook-attempt': '1',
      'x-whook-hop': '1',
    })
    new Webhook(secret).verify(call!.body.toString(), call!.headers as Record<string, string>)
    const [attempt] = await attemptsOf(test, queue.deliveryId)
    expect(attempt).toMatchObject({
      number: 1,
      outcome: 'delivered',
      status_code: 200,
      error: null,
      request_url: `${sink.url}hook?key=1&a=1`,
      request_method: 'POST',
      response_body: Buffer.from('thanks'),
    })
    expect(attempt!['response_headers']).toContainEqual(['x-answer', 'yes'])
    await vi.waitFor(
      () =>
        expect(test.liveMessages).toContainEqual({
          type: 'delivery.updated',
          delivery: expect.objectContaining({ id: queue.deliveryId, status: 'delivered', attemptCount: 1 }),
        }),
      { timeout: 10_000 },
    )
  })

  it.each([
    [200, 'delivered', 'delivered', 1],
    [204, 'delivered', 'delivered', 1],
    [301, 'dead', 'redirect', 3],
    [400, 'dead', 'http-error', 3],
    [408, 'retrying', 'http-error', 1],
    [410, 'dead', 'http-error', 1],
    [429, 'retrying', 'http-error', 1],
    [500, 'dead', 'http-error', 3],
    [503, 'retrying', 'http-error', 1],
  ])('answer %i leaves the delivery %s', async (code, expected, outcome, tries) => {
    await using sink = await createSink(status(code, { location: 'http://127.0.0.1:1/' }))
    await using test = await createEngineTest()
    const patient = expected === 'retrying' ? { ...policy, maxDelaySeconds: 60 } : policy
    const queue = await seedQueue(test, { destination: { url: sink.url, retry: patient } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, expected)
    const attempts = await attemptsOf(test, queue.deliveryId)
    expect(attempts.map((attempt) => attempt['outcome'])).toEqual(Array(tries).fill(outcome))
    expect(attempts.map((attempt) => attempt['number'])).toEqual(attempts.map((_, n) => n + 1))
    expect(new Set(sink.seen.map((call) => call.headers['webhook-id']))).toEqual(new Set([queue.deliveryId]))
    expect(sink.seen).toHaveLength(tries)
  })

  it('waits at least as long as Retry-After requires', async () => {
    await using sink = await createSink(status(503, { 'retry-after': '120' }))
    await using test = await createEngineTest()
    const queue = await seedQueue(test, { destination: { url: sink.url, retry: policy } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'retrying')
    const dueAt = (await rowOf(test, queue.deliveryId))['next_attempt_at'] as Date
    expect(dueAt.getTime() - Date.now()).toBeGreaterThan(110_000)
  })

  it('disables the destination and holds its deliveries when it answers 410', async () => {
    await using sink = await createSink(status(410))
    await using test = await createEngineTest()
    const queue = await seedQueue(test, {
      count: 3,
      destination: { url: sink.url, limits: { concurrency: 1, ratePerSecond: null } },
    })
    test.engine.wake([queue.destination.id])
    await vi.waitFor(
      async () => {
        const [destination] = await test.sql`select enabled, disabled_reason from destination`
        expect(destination).toEqual({ enabled: false, disabled_reason: 'gone-410' })
        const states = (await test.sql`select distinct status from delivery`).map((row) => row['status'])
        expect(states.sort()).toEqual(['dead', 'held'])
      },
      { timeout: 10_000 },
    )
    expect(test.liveMessages).toContainEqual({
      type: 'destination.updated',
      destination: expect.objectContaining({
        id: queue.destination.id,
        enabled: false,
        disabledReason: 'gone-410',
      }),
    })
  })

  it.each<[string, Parameters<typeof createSink>[0], string]>([
    ['never answers', () => {}, 'timeout'],
    ['closes without an answer', (_, response) => response.socket!.destroy(), 'reset'],
    ['sends no HTTP', (_, response) => void response.socket!.end('hello there\r\n\r\n'), 'protocol'],
    [
      'sends huge headers',
      (_, response) => void response.socket!.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`),
      'response-too-large',
    ],
    [
      'answers with status 099',
      (_, response) => void response.socket!.end('HTTP/1.1 099 No\r\n\r\n'),
      'protocol',
    ],
  ])('records an attempt when the destination %s', async (_, answer, outcome) => {
    await using sink = await createSink(answer)
    await using test = await createEngineTest()
    const once = { ...policy, attemptsMax: 1 }
    const timeoutMs = outcome === 'timeout' ? 500 : 10_000
    const queue = await seedQueue(test, { destination: { url: sink.url, retry: once, timeoutMs } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'dead')
    expect(await attemptsOf(test, queue.deliveryId)).toMatchObject([{ outcome, status_code: null }])
  })

  const raw =
    (bytes: string): Parameters<typeof createSink>[0] =>
    (_, response) =>
      void response.socket!.end(bytes)
  it.each<[string, Parameters<typeof createSink>[0], number, RegExp | null]>([
    ['a body that drips past the timeout', (_, response) => void drip(response), 200, /within 3000 ms/],
    ['a cut body', raw('HTTP/1.1 201 X\r\nContent-Length: 9\r\n\r\nhalf'), 201, /incomplete.*closed/],
    ['204 with a Content-Length', raw('HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\nhello'), 204, null],
    [
      'an unexpected 100',
      raw('HTTP/1.1 100 X\r\n\r\nHTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n'),
      200,
      null,
    ],
  ])(
    'records the status and ends delivered when the destination sends %s',
    async (_, answer, statusCode, note) => {
      await using sink = await createSink(answer)
      await using test = await createEngineTest()
      const queue = await seedQueue(test, { destination: { url: sink.url, retry: policy, timeoutMs: 3000 } })
      test.engine.wake([queue.destination.id])
      await settled(test, queue.deliveryId, 'delivered')
      const error = note === null ? null : expect.stringMatching(note)
      expect(await attemptsOf(test, queue.deliveryId)).toMatchObject([
        { outcome: 'delivered', status_code: statusCode, error },
      ])
      expect(sink.seen).toHaveLength(1)
    },
  )

  it('records the status when the body of an error is cut', async () => {
    await using sink = await createSink(raw('HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\nhalf'))
    await using test = await createEngineTest()
    const once = { ...policy, attemptsMax: 1 }
    const queue = await seedQueue(test, { destination: { url: sink.url, retry: once } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'dead')
    expect(await attemptsOf(test, queue.deliveryId)).toMatchObject([
      { outcome: 'http-error', status_code: 500, error: expect.stringMatching(/answered 500.*incomplete/) },
    ])
  })

  it('truncates an endless response body and records its status', async () => {
    await using sink = await createSink((_, response) => void flood(response))
    await using test = await createEngineTest()
    const queue = await seedQueue(test, { destination: { url: sink.url } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'delivered')
    const [attempt] = await attemptsOf(test, queue.deliveryId)
    expect((attempt!['response_body'] as Buffer).length).toBe(64 * 1024)
  })

  it('replaces characters that PostgreSQL cannot store', async () => {
    await using sink = await createSink(status(200))
    await using test = await createEngineTest({
      transform: async ({ request }) => ({
        kind: 'output',
        body: request.body,
        bodyChanged: false,
        contentType: null,
        headers: [],
        query: null,
        method: null,
        path: null,
        logs: [{ level: 'log', text: 'nul \0 and half a pair \ud800' }],
        durationMs: 1,
      }),
    })
    const queue = await seedQueue(test, { webhook: { script: 'x' }, destination: { url: sink.url } })
    test.engine.wake([queue.destination.id])
    await settled(test, queue.deliveryId, 'delivered')
    expect(await attemptsOf(test, queue.deliveryId)).toMatchObject([
      { console: [{ level: 'log', text: 'nul \ufffd and half a pair \ufffd' }] },
    ])
  })
})

function drip(response: { write: (text: string) => unknown; destroyed: boolean }) {
  const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write('.')), 100)
}

function flood(response: ServerResponse) {
  const chunk = Buffer.alloc(16 * 1024, 'x')
  const more = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}
