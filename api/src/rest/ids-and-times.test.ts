import { session } from '@whook/drizzle'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/store/store-batch'
import type { ControlMessage } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashSessionId } from '../auth/sessions.js'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

/** A webhook of somebody's own with three requests. */
async function withRequests(name: string) {
  const person = test.as(name)
  const webhook = await seedWebhook(test.database.db, { userId: await person.userId() })
  const requests = [1, 2, 3].map(() => capturedRequest(webhook.id))
  await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return { person, webhook, requests, base: `/api/v1/webhooks/${webhook.id}` }
}

/** What the other processes are told while `act` runs, each once: this one hears it before the bus brings it back. */
async function toldDuring(act: () => Promise<unknown>): Promise<ControlMessage[]> {
  const told: ControlMessage[] = []
  const stop = await test.app.liveBus.subscribe({
    control: (message) => void told.push(message),
    gap: () => {},
  })
  await act()
  await stop()
  return [...new Map(told.map((message) => [JSON.stringify(message), message])).values()]
}

describe('an id', () => {
  it('400: as a URN, which no list answers', async () => {
    const { person, webhook, base } = await withRequests('urn')
    for (const url of [
      `/api/v1/webhooks/urn:uuid:${webhook.id}`,
      `${base}/requests?since=urn:uuid:${webhook.id}`,
      `/api/v1/deliveries?webhookId=urn:uuid:${webhook.id}`,
    ]) {
      expect((await person.get(url)).json()).toMatchObject({ status: 400, code: 'validation' })
    }
  })

  it('in capitals is the same one, and is told of as it is known: sockets close, caches drop it', async () => {
    const { person, webhook } = await withRequests('capitals')
    const key = (await person.post('/api/v1/api-keys', { name: 'k', scopes: ['read'] })).json<{
      id: string
    }>()
    const revoked = await toldDuring(() => person.delete(`/api/v1/api-keys/${key.id.toUpperCase()}`))
    expect(revoked).toMatchObject([{ type: 'api-key.revoked', apiKeyId: key.id }])
    const deleted = await toldDuring(() => person.delete(`/api/v1/webhooks/${webhook.id.toUpperCase()}`))
    expect(deleted).toContainEqual({ type: 'webhook.changed', webhookIds: [webhook.id] })
  })

  it('of a session is told of as it is known, however it was written', async () => {
    const person = test.as('padded')
    const idHash = hashSessionId('padded')
    await test.database.db.insert(session).values({
      idHash,
      userId: await person.userId(),
      ip: '192.0.2.1',
      userAgent: '',
      expiresAt: new Date(Date.now() + 60_000),
    })
    const id = idHash.toString('base64url')
    const told = await toldDuring(() => person.delete(`/api/v1/sessions/${id}=`))
    expect(told).toMatchObject([{ type: 'user.sessions-revoked', sessionIdHash: id }])
  })
})

describe('a time', () => {
  it.each(['0000-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '0001-01-01T00:00:00%2B23:59'])(
    '400: %s, which nothing here can hold',
    async (time) => {
      const { person, base } = await withRequests(`time ${time}`)
      for (const url of [`${base}/requests?after=${time}`, `/api/v1/deliveries?before=${time}`]) {
        expect((await person.get(url)).json()).toMatchObject({ status: 400, code: 'validation' })
      }
    },
  )

  it('before 1970 is before every request: none is older, and nothing is deleted', async () => {
    const { person, base } = await withRequests('early')
    const early = '1969-12-31T23:59:59Z'
    expect((await person.get(`${base}/requests?after=${early}`)).json().items).toHaveLength(3)
    expect((await person.get(`${base}/requests?before=${early}`)).json().items).toEqual([])
    expect((await person.delete(`${base}/requests?before=${early}`)).json()).toEqual({ deleted: 0 })
    const nil = '00000000-0000-0000-0000-000000000000'
    const since = await person.get(`${base}/requests?since=${nil}`)
    expect(since.json()).toMatchObject({ status: 400, errors: [{ path: '?since' }] })
  })
})
