import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId, newSlug } from '@whook/shared/server/ids'
import { expect, it } from 'vitest'
import { createIngestHandler } from './ingest-handler.js'
import { createSlugCache } from './slug-cache.js'

it('500, and the process goes on: a fault of ours in the middle of a call', async () => {
  const slug = newSlug()
  const faults: unknown[] = []
  const ingest = createIngestHandler({
    slugs: createSlugCache({
      load: async () => ({
        id: newId(),
        userId: newId(),
        slug,
        status: 'active',
        response: { status: 202, headers: [], body: null },
        limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: null },
        verification: null,
      }),
    }),
    accept: async () => {},
    verify: () => {
      throw new Error('a fault of ours')
    },
    remoteAddress: () => '192.0.2.1',
    bodyLimitBytes: 1000,
    isStopping: () => false,
    newId,
    now: Date.now,
    onRefused: () => {},
    onFailed: (error) => void faults.push(error),
  })
  const server = createServer((incoming, response) => void ingest(incoming, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${slug}`

  for (let n = 1; n <= 2; n++) {
    const answer = await fetch(url, { method: 'POST', body: 'x' })
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(text).toContain('"code":"internal"')
    expect(text).not.toContain('a fault of ours')
    expect(faults).toHaveLength(n)
  }
  server.closeAllConnections()
  server.close()
})
