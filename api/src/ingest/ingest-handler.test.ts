import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createByteBudget } from '@whook/runtime/byte-budget'
import { newId, newSlug } from '@whook/runtime/ids'
import { expect, it } from 'vitest'
import { createIngestHandler } from './ingest-handler.js'
import { createKnownSlugs } from './known-slugs.js'
import { createSlugCache } from './slug-cache.js'

/** Serves only the handler, with one webhook. `asked` collects the slugs that the database is queried for. */
async function listening(overrides: Partial<Parameters<typeof createIngestHandler>[0]> = {}) {
  const slug = newSlug()
  const asked: string[] = []
  const ingest = createIngestHandler({
    slugs: createSlugCache({
      load: async (wanted) => {
        asked.push(wanted)
        if (wanted !== slug) return undefined
        return {
          id: newId(),
          userId: newId(),
          slug,
          status: 'active',
          response: { status: 202, headers: [], body: null },
          limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: null },
          verification: null,
          onVerificationFailure: 'hold' as const,
        }
      },
    }),
    knownSlugs: createKnownSlugs({
      load: async function* () {
        yield [slug]
      },
    }),
    accept: async () => {},
    receiving: createByteBudget({ bytesMax: 10_000, shares: [4, 1] }),
    usage: { refusal: () => undefined, accepted: () => {} },
    verify: () => ({ verification: 'unconfigured', verificationReason: null }),
    remoteAddress: () => '192.0.2.1',
    bodyLimitBytes: 1000,
    isStopping: () => false,
    newId,
    now: Date.now,
    onRefused: () => {},
    onFailed: () => {},
    ...overrides,
  })
  const server = createServer((incoming, response) => void ingest(incoming, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    slug,
    asked,
    post: (to: string) =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${to}`, {
        method: 'POST',
        body: 'x',
      }),
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

it('returns 500 and serves the next request after an internal error', async () => {
  const faults: unknown[] = []
  using test = await listening({
    verify: () => {
      throw new Error('an internal error')
    },
    onFailed: (error) => void faults.push(error),
  })
  for (let n = 1; n <= 2; n++) {
    const answer = await test.post(test.slug)
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(text).toContain('"code":"internal"')
    expect(text).not.toContain('an internal error')
    expect(faults).toHaveLength(n)
  }
})

it('skips the query for guesses over the limit, but finds the right slug', async () => {
  using test = await listening()
  const statuses: number[] = []
  for (let n = 0; n < 60; n++) statuses.push((await test.post(newSlug())).status)
  const notFound = statuses.filter((status) => status === 404).length
  expect(notFound).toBeGreaterThanOrEqual(20)
  expect(statuses.filter((status) => status === 429)).toHaveLength(60 - notFound)
  // Guesses that received 429 were not queried. One more may pass when a token is added.
  expect(test.asked.length).toBeLessThanOrEqual(notFound + 1)
  expect((await test.post(test.slug)).status).toBe(202)
  expect(test.asked.at(-1)).toBe(test.slug)
})
