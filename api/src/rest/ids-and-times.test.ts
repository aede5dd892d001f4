import { session } from '@whook/drizzle'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
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

/** A webhook of one user with three requests. */
async function withRequests(name: string) {
  const person = test.as(name)
  const webhook = await seedWebhook(test.database.db, { userId: await person.userId() })
  const requests = [1, 2, 3].map(() => capturedRequest(webhook.id))
  await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return { person, webhook, requests, base: `/api/v1/webhooks/${webhook.id}` }
}

/** Returns the control messages published while `act` runs, without the copies that the bus returns to this process. */
async function publishedDuring(act: () => Promise<unknown>): Promise<ControlMessage[]> {
  const published: ControlMessage[] = []
  const stop = await test.app.liveBus.subscribe({
    control: (message) => void published.push(message),
    gap: () => {},
  })
  await act()
  await stop()
  return [...new Map(published.map((message) => [JSON.stringify(message), message])).values()]
}

describe('ids in URLs', () => {
  it('returns 400 for a URN', async () => {
    const { person, webhook, base } = await withRequests('urn')
    for (const url of [
      `/api/v1/webhooks/urn:uuid:${webhook.id}`,
      `${base}/requests?since=urn:uuid:${webhook.id}`,
      `/api/v1/deliveries?webhookId=urn:uuid:${webhook.id}`,
    ]) {
      expect((await person.get(url)).json()).toMatchObject({ status: 400, code: 'validation' })
    }
  })

  it('accepts capitals and publishes lower-case ids', async () => {
    const { person, webhook } = await withRequests('capitals')
    const key = (await person.post('/api/v1/api-keys', { name: 'k', scopes: ['read'] })).json<{
      id: string
    }>()
    const revoked = await publishedDuring(() => person.delete(`/api/v1/api-keys/${key.id.toUpperCase()}`))
    expect(revoked).toMatchObject([{ type: 'api-key.revoked', apiKeyId: key.id }])
    const deleted = await publishedDuring(() => person.delete(`/api/v1/webhooks/${webhook.id.toUpperCase()}`))
    expect(deleted).toContainEqual({ type: 'webhook.changed', webhookIds: [webhook.id] })
  })

  it('publishes the canonical id of a session', async () => {
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
    const published = await publishedDuring(() => person.delete(`/api/v1/sessions/${id}=`))
    expect(published).toMatchObject([{ type: 'user.sessions-revoked', sessionIdHash: id }])
  })
})

describe('times in URLs', () => {
  it.each(['0000-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '0001-01-01T00:00:00%2B23:59'])(
    'returns 400 for %s, which cannot be stored',
    async (time) => {
      const { person, base } = await withRequests(`time ${time}`)
      for (const url of [`${base}/requests?after=${time}`, `/api/v1/deliveries?before=${time}`]) {
        expect((await person.get(url)).json()).toMatchObject({ status: 400, code: 'validation' })
      }
    },
  )

  it('deletes nothing for a time before 1970', async () => {
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
