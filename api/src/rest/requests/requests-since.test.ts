import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

interface RequestsPage {
  items: { id: string }[]
  nextCursor: string | null
  bookmark: string | null
}

/** Returns a UUIDv7 and the time of receipt of a request that was received some seconds ago. */
function receivedAgo(seconds: number) {
  const receivedAt = Date.now() - seconds * 1000
  const time = receivedAt.toString(16).padStart(12, '0')
  return { id: `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`, receivedAt }
}

async function listed() {
  const test = await buildTestApp()
  const webhook = await seedWebhook(test.database.db, { userId: await test.as('ann').userId() })
  const base = `/api/v1/webhooks/${webhook.id}/requests`
  const page = async (query = '') => (await test.as('ann').get(`${base}?${query}`)).json<RequestsPage>()
  const make = (ages: number[]) => ages.map((age) => capturedRequest(webhook.id, receivedAgo(age)))
  const store = async (requests: ReturnType<typeof make>, sql = test.database.sql) => {
    await storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })
    return requests.map(({ id }) => id)
  }
  /** Reads every page after a bookmark. Returns the ids and the next bookmark. */
  async function since(bookmark: string, limit = 2) {
    const ids: string[] = []
    let answer = await page(`since=${bookmark}&limit=${limit}`)
    for (;;) {
      ids.push(...answer.items.map(({ id }) => id))
      if (answer.nextCursor === null) return { ids, bookmark: answer.bookmark! }
      answer = await page(`cursor=${answer.nextCursor}&limit=${limit}`)
    }
  }
  return { ...test, webhook, page, make, store, since }
}

describe('GET /api/v1/webhooks/:webhookId/requests?since', () => {
  it('lists each request once, oldest first, over several pages', async () => {
    await using test = await listed()
    const { bookmark } = await test.page()
    const first = await test.store(test.make([3, 2, 1, 0.5, 0.1]))
    const news = await test.since(bookmark!)
    expect(news.ids).toEqual(first)
    expect((await test.since(news.bookmark)).ids).toEqual([])
    const second = await test.store(test.make([0.2, 0]))
    expect((await test.since(news.bookmark)).ids).toEqual(second.toSorted())
  })

  it('lists a request that was stored late with an old id', async () => {
    await using test = await listed()
    await test.store(test.make([0]))
    const { bookmark } = await test.page()
    const late = await test.store(test.make([20_000, 40, 3]))
    expect((await test.since(bookmark!)).ids).toEqual(late)
  })

  it('lists a request whose transaction was open when the bookmark was read', async () => {
    await using test = await listed()
    const [slow, quick] = test.make([2, 1]) as [
      ReturnType<typeof capturedRequest>,
      ReturnType<typeof capturedRequest>,
    ]
    const slowId = await test.database.sql.begin(async (tx) => {
      // The transaction gets its id here and commits after the bookmark is read.
      const { id, webhookId } = slow
      await tx`insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address,
        http_version, verification, received_at) values (${id}, ${webhookId}, 'POST', '/', '', '', '', 0, '', '1.1',
        'unconfigured', now())`
      await test.store([quick])
      const { items, bookmark } = await test.page()
      expect(items.map((item) => item.id)).toEqual([quick.id])
      return { id, bookmark: bookmark! }
    })
    expect((await test.since(slowId.bookmark)).ids).toEqual([slow.id])
  })

  it('lists requests stored between two pages with the next bookmark', async () => {
    await using test = await listed()
    const { bookmark } = await test.page()
    const first = await test.store(test.make([3, 2, 1]))
    const one = await test.page(`since=${bookmark}&limit=2`)
    const second = await test.store(test.make([2.5, 0]))
    const two = await test.page(`cursor=${one.nextCursor}`)
    expect([...one.items, ...two.items].map(({ id }) => id)).toEqual(first)
    expect([one.bookmark, two.nextCursor]).toEqual([null, null])
    expect((await test.since(two.bookmark!)).ids).toEqual(second)
  })

  it('applies the filter of a search', async () => {
    await using test = await listed()
    const { bookmark } = await test.page()
    const [one, two] = test.make([2, 1]) as [
      ReturnType<typeof capturedRequest>,
      ReturnType<typeof capturedRequest>,
    ]
    await test.store([{ ...one, path: '/needle' }, two])
    const found = await test.page(`q=needle&since=${bookmark}`)
    expect(found.items.map(({ id }) => id)).toEqual([one.id])
  })

  it('lists all requests for a bookmark from before a restore', async () => {
    await using test = await listed()
    const ids = await test.store(test.make([1]))
    const at = new Date().toISOString()
    const key = JSON.stringify(['1', 'bookmark', '900000000:900000000:', at])
    expect((await test.since(Buffer.from(key).toString('base64url'))).ids).toEqual(ids)
  })

  it.each([
    '',
    newId(),
    'bm9uZQ',
    Buffer.from('["1","bookmark","5:3:","2026-01-01T00:00:00.000Z"]').toString('base64url'),
  ])('returns 400 when since is %j', async (since) => {
    await using test = await listed()
    expect(await test.page(`since=${since}`)).toMatchObject({
      code: 'validation',
      errors: [{ path: '?since', message: expect.stringContaining('bookmark') }],
    })
  })
})
