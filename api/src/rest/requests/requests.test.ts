import { gzipSync } from 'node:zlib'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { limits } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

async function withRequests(
  count: number,
  make: (index: number) => Parameters<typeof capturedRequest>[1] = () => ({}),
) {
  const test = await buildTestApp()
  const userId = await test.as('ann').userId()
  const webhook = await seedWebhook(test.database.db, { userId })
  const requests = Array.from({ length: count }, (_, index) => capturedRequest(webhook.id, make(index)))
  const store = () => storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return {
    ...test,
    webhook,
    requests,
    store,
    base: `/api/v1/webhooks/${webhook.id}/requests`,
    ann: test.as('ann'),
  }
}

describe('GET /api/v1/webhooks/:webhookId/requests', () => {
  it('lists each request once, newest first, with delivery counts', async () => {
    await using test = await withRequests(25)
    await seedDestination(test.database.db, test.webhook.id)
    await test.store()
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string; deliveries: object }[]; nextCursor: string | null } = (
        await test.ann.get(`${test.base}?limit=10${cursor && `&cursor=${cursor}`}`)
      ).json()
      for (const item of page.items)
        expect(item.deliveries).toMatchObject({ total: 1, waiting: 1, failed: 0 })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(test.requests.map(({ id }) => id).reverse())
  })

  it('filters by method, text, time and delivery status', async () => {
    await using test = await withRequests(4, (index) => ({
      method: index % 2 ? 'PUT' : 'POST',
      text: `{"n":"needle-${index}"}`,
      size: 16,
    }))
    await test.store()
    const ids = async (query: string) =>
      (await test.ann.get(`${test.base}?${query}`)).json().items.map((item: { id: string }) => item.id)
    const all = test.requests.map(({ id }) => id)
    expect(await ids('method=PUT')).toEqual([all[3], all[1]])
    expect(await ids('method=PUT,POST')).toHaveLength(4)
    expect(await ids('q=needle-2')).toEqual([all[2]])
    expect(await ids('q=X-Twice')).toHaveLength(4)
    for (const q of ['NEEDLE-2', 'x-tWICE', 'CONTENT-type'])
      expect((await ids(`q=${q}`)).length).toBeGreaterThan(0)
    expect(await ids('q=100%25')).toEqual([])
    expect(await ids('status=none')).toHaveLength(4)
    expect(await ids('status=failed')).toEqual([])
    expect(await ids(`after=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([])
    expect(await ids(`before=${new Date(Date.now() + 60_000).toISOString()}`)).toHaveLength(4)
  })
})

describe('GET /api/v1/requests/:requestId', () => {
  it('returns ordered headers, and the exact bytes as an attachment', async () => {
    await using test = await withRequests(1, () => ({
      text: undefined,
      base64: Buffer.from([0xff, 0, 1]).toString('base64'),
      size: 3,
    }))
    await test.store()
    const { id } = test.requests[0]!
    const full = (await test.ann.get(`/api/v1/requests/${id}`)).json()
    expect(full.headers.slice(1)).toEqual([
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
    ])
    expect(full.body).toEqual({ text: null, base64: '/wAB', size: 3, isText: false, truncated: false })
    const bytes = await test.ann.get(`/api/v1/requests/${id}/body`)
    expect([...bytes.rawPayload]).toEqual([0xff, 0, 1])
    expect(bytes.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${id}.bin"`,
      'x-content-type-options': 'nosniff',
    })
  })

  it('returns decoded text of compressed bodies and other charsets', async () => {
    const zipped = gzipSync('{"name":"grün"}')
    const latin = Buffer.from('grün', 'latin1')
    await using test = await withRequests(3, (index) => {
      if (index === 0) return { text: '{}', size: 2 }
      const [body, type, encoding] =
        index === 1 ? [zipped, 'application/json', 'gzip'] : [latin, 'text/plain; charset=latin1', 'identity']
      return {
        text: undefined,
        base64: body.toString('base64'),
        size: body.length,
        contentType: type,
        headers: ['content-type', type, 'content-encoding', encoding],
      }
    })
    await test.store()
    const shown = await Promise.all(
      test.requests.map(async ({ id }) => (await test.ann.get(`/api/v1/requests/${id}`)).json()),
    )
    expect(shown.map(({ decoded }) => decoded)).toEqual([
      null,
      { text: '{"name":"grün"}', from: ['gzip'], truncated: false },
      { text: 'grün', from: ['latin1'], truncated: false },
    ])
    expect(shown[1].body).toMatchObject({ text: null, base64: zipped.toString('base64') })
  })
})

describe('DELETE /api/v1/webhooks/:webhookId/requests', () => {
  it('deletes one or all requests with their deliveries, and updates the count', async () => {
    await using test = await withRequests(3)
    await seedDestination(test.database.db, test.webhook.id)
    await test.store()
    expect((await test.ann.delete(`/api/v1/requests/${test.requests[0]!.id}`)).statusCode).toBe(204)
    expect((await test.ann.get(`/api/v1/requests/${test.requests[0]!.id}`)).statusCode).toBe(404)
    expect((await test.ann.delete(test.base)).json()).toEqual({ deleted: 2 })
    const [row] = await test.database.sql`
      select (select count(*)::int from delivery) as deliveries, (select sum(count)::int from delivery_total) as counted,
        (select (stored - expired)::int from webhook_total) as left`
    expect(row).toEqual({ deliveries: 0, counted: 0, left: 0 })
  })

  it('returns 400 and deletes nothing for an unknown filter', async () => {
    await using test = await withRequests(2)
    await test.store()
    for (const query of ['befor=2020-01-01T00:00:00Z', 'limit=1']) {
      const refused = await test.ann.delete(`${test.base}?${query}`)
      expect(refused.json()).toMatchObject({ status: 400, code: 'validation' })
    }
    expect((await test.ann.get(test.base)).json().items).toHaveLength(2)
  })

  it('does not delete requests that are stored during the deletion', async () => {
    await using test = await withRequests(1000)
    await test.store()
    const late = newId()
    // Stores a request between two batches of the deletion.
    await test.database.sql.unsafe(`
      create function arrive() returns trigger language plpgsql as $$ begin
        insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address,
          http_version, verification, received_at)
        values ('${late}', '${test.webhook.id}', 'POST', '', '', '', '', 0, '', '1.1', 'unconfigured', now())
        on conflict do nothing;
        return null;
      end $$;
      create trigger arrive after delete on webhook_request for each statement execute function arrive()`)
    expect((await test.ann.delete(test.base)).json()).toEqual({ deleted: 1000 })
    expect((await test.ann.get(test.base)).json().items).toMatchObject([{ id: late }])
  })
})

describe('/api/v1/requests/:requestId', () => {
  it("returns 404 for another user's request", async () => {
    await using test = await withRequests(1)
    await test.store()
    const url = `/api/v1/requests/${test.requests[0]!.id}`
    const bob = test.as('bob')
    for (const res of [await bob.get(url), await bob.get(`${url}/body`), await bob.delete(url)]) {
      expect(res.json()).toMatchObject({ status: 404, code: 'request-not-found' })
    }
  })
})

describe('GET /api/v1/webhooks/:webhookId/requests?q', () => {
  it('limits the searched rows per page and continues in both directions', async () => {
    await using test = await withRequests(1, () => ({ text: '{"n":"needle"}', size: 14 }))
    await test.store()
    const first = test.requests[0]!.id
    await test.database.sql`
      insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address, http_version,
        verification, received_at)
      select (substr(${newId()}::text, 1, 24) || lpad(to_hex(i), 12, '0'))::uuid, ${test.webhook.id}::uuid, 'POST', '', '',
        '', '', 0, '', '1.1', 'unconfigured', now()
      from generate_series(1, ${limits.searchRowsMax + 10}::int) as i`
    const page = async (query: string) =>
      (await test.ann.get(`${test.base}?limit=10&${query}`)).json<{
        items: { id: string }[]
        nextCursor: string | null
      }>()
    for (const search of ['q=needle', 'q=needle&status=none']) {
      const empty = await page(search)
      expect([empty.items, typeof empty.nextCursor]).toEqual([[], 'string'])
      const found = await page(`${search}&cursor=${empty.nextCursor}`)
      expect([found.items.map(({ id }) => id), found.nextCursor]).toEqual([[first], null])
    }
  })
})
