import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

const doubling = 'function transform(data) { console.log("n", data.n); return { n: data.n * 2 } }'

async function withWebhook() {
  const test = await buildTestApp()
  const ann = test.as('ann')
  const webhook = await seedWebhook(test.database.db, { userId: await ann.userId() })
  const text = '{"n":21}'
  const request = { ...capturedRequest(webhook.id), text, size: text.length }
  await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests: [request] })
  return { ...test, ann, webhook, request, url: `/api/v1/webhooks/${webhook.id}/transformation` }
}

describe('PUT /api/v1/webhooks/:webhookId/transformation', () => {
  it('stores a version, which can be removed and restored', async () => {
    await using test = await withWebhook()
    expect((await test.ann.get(test.url)).json()).toMatchObject({ script: null, version: 0 })
    expect((await test.ann.put(test.url, { script: doubling })).json()).toMatchObject({
      script: doubling,
      version: 1,
    })
    expect((await test.ann.put(test.url, { script: doubling })).json()).toMatchObject({ version: 1 })
    expect((await test.ann.put(test.url, { script: null })).json()).toMatchObject({
      script: null,
      version: 2,
    })
    expect((await test.ann.post(`${test.url}/versions/1/restore`)).json()).toMatchObject({
      script: doubling,
      version: 3,
    })
    const first = (await test.ann.get(`${test.url}/versions?limit=2`)).json()
    expect(first.items.map(({ version }: { version: number }) => version)).toEqual([3, 2])
    const second = (await test.ann.get(`${test.url}/versions?limit=2&cursor=${first.nextCursor}`)).json()
    expect([second.items[0].version, second.nextCursor]).toEqual([1, null])
  })

  it('returns 400 for a script that does not load or has no transform', async () => {
    await using test = await withWebhook()
    expect(
      (await test.ann.put(test.url, { script: 'function transform(data) {\n  return {{\n}' })).json(),
    ).toMatchObject({
      status: 400,
      errors: [{ path: '/script', line: 2 }],
    })
    expect((await test.ann.put(test.url, { script: 'const x = 1' })).json().errors[0].message).toMatch(
      /transform/,
    )
    expect((await test.ann.get(test.url)).json()).toMatchObject({ version: 0 })
  })

  it("returns 404 for another user's webhook and an unknown version", async () => {
    await using test = await withWebhook()
    const bob = test.as('bob')
    for (const answer of [
      await bob.get(test.url),
      await bob.put(test.url, { script: null }),
      await bob.get(`${test.url}/versions`),
    ])
      expect(answer.json()).toMatchObject({ status: 404, code: 'webhook-not-found' })
    expect((await test.ann.post(`${test.url}/versions/9/restore`)).json()).toMatchObject({
      code: 'version-not-found',
    })
  })
})

describe('POST /api/v1/webhooks/:webhookId/transformation/test', () => {
  it('runs on a stored request or a sample, and returns logs and error line', async () => {
    await using test = await withWebhook()
    const run = async (body: object) => (await test.ann.post(`${test.url}/test`, body)).json()
    expect(await run({ script: doubling, requestId: test.request.id })).toMatchObject({
      output: { body: '{"n":42}', bodyChanged: true },
      logs: [{ level: 'log', text: 'n 21' }],
      error: null,
    })
    expect(await run({ script: doubling, body: { n: 4 } })).toMatchObject({ output: { body: '{"n":8}' } })
    expect(await run({ script: 'function transform() { return null }', body: {} })).toMatchObject({
      filtered: true,
      output: null,
    })
    expect(await run({ script: 'function transform() {\n  missing()\n}', body: {} })).toMatchObject({
      output: null,
      line: 2,
      error: expect.stringMatching(/missing/),
    })
    expect((await test.ann.get(test.url)).json()).toMatchObject({ version: 0 })
  })

  it("runs a destination's script on the output of the webhook's script", async () => {
    await using test = await withWebhook()
    const { id } = await seedDestination(test.database.db, test.webhook.id)
    const run = async (script: string) =>
      (
        await test.ann.post(`/api/v1/destinations/${id}/transformation/test`, {
          script,
          requestId: test.request.id,
        })
      ).json()
    await test.ann.put(test.url, { script: doubling })
    expect(await run('const transform = (data) => data.n + 1')).toMatchObject({ output: { body: '43' } })
    await test.ann.put(test.url, { script: '\nfunction transform(data) { data.a.b }' })
    expect(await run('const transform = (data) => data')).toMatchObject({
      output: null,
      line: null,
      error: expect.stringContaining("webhook's own script failed"),
    })
    expect(
      (
        await test
          .as('bob')
          .post(`/api/v1/destinations/${id}/transformation/test`, { script: doubling, body: {} })
      ).json(),
    ).toMatchObject({ code: 'destination-not-found' })
  })

  it('returns 404 for a request of another webhook', async () => {
    await using test = await withWebhook()
    const other = await seedWebhook(test.database.db, { userId: await test.ann.userId() })
    const answer = await test.ann.post(`/api/v1/webhooks/${other.id}/transformation/test`, {
      script: doubling,
      requestId: test.request.id,
    })
    expect(answer.json()).toMatchObject({ status: 404, code: 'request-not-found' })
  })
})

describe('POST /api/v1/webhooks/:webhookId/filter/test', () => {
  it('tests the newest requests and returns the failed clause and its value', async () => {
    await using test = await withWebhook()
    const url = `/api/v1/webhooks/${test.webhook.id}/filter/test`
    expect((await test.ann.post(url, { filter: { field: 'body.n', gt: 20 } })).json()).toMatchObject({
      tested: 1,
      passed: 1,
    })
    expect((await test.ann.post(url, { filter: { field: 'body.n', gt: 30 } })).json()).toMatchObject({
      passed: 0,
      results: [{ requestId: test.request.id, failure: { found: '21' } }],
    })
    expect((await test.ann.post(url, { filter: { field: 'body.n', matches: '(' } })).json()).toMatchObject({
      status: 400,
    })
  })
})
