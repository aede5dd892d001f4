import { packHeaders } from '@whook/runtime/raw-headers'
import { describe, expect, it } from 'vitest'
import { createRequestLoader } from './request-loader.js'

const row = (id: string, body: Buffer | null = Buffer.from(id)) => ({
  id,
  webhookId: 'w',
  method: 'POST',
  path: '/',
  query: '',
  verification: 'unconfigured' as const,
  headers: packHeaders([]),
  body,
  size: body?.length ?? 1_000_000,
  receivedAt: new Date(),
})

function loader({ failFirst = false } = {}) {
  const loads: string[][] = []
  const requests = createRequestLoader({
    load: async (ids) => {
      loads.push(ids)
      if (failFirst && loads.length === 1) throw new Error('the database is unavailable')
      return ids.map((id) => row(id))
    },
    loadBody: async (id) => Buffer.from(id),
    ownerOf: async () => 'u',
  })
  const bodyOf = (id: string, requestId: string) =>
    requests.withRequest({ id, requestId, destinationId: 't' }, async (request) => request?.body.toString())
  return { loads, requests, bodyOf }
}

const claims = [
  { id: 'd1', requestId: 'r1' },
  { id: 'd2', requestId: 'r2' },
  { id: 'd3', requestId: 'r1' },
]
const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('createRequestLoader', () => {
  it('loads the requests of one claim in one query, each once, before they start', async () => {
    const { loads, requests, bodyOf } = loader()
    requests.loadAhead(claims)
    await turn()
    expect(await bodyOf('d1', 'r1')).toBe('r1')
    expect(await bodyOf('d2', 'r2')).toBe('r2')
    expect(await bodyOf('d3', 'r1')).toBe('r1')
    expect(loads).toEqual([['r1', 'r2']])
  })

  it('loads a request again when its prefetch failed', async () => {
    const { loads, requests, bodyOf } = loader({ failFirst: true })
    requests.loadAhead(claims)
    await turn()
    expect(await bodyOf('d1', 'r1')).toBe('r1')
    expect(loads).toEqual([['r1', 'r2'], ['r1']])
  })

  it('drops requests of returned and of started deliveries', async () => {
    const { loads, requests, bodyOf } = loader()
    requests.loadAhead(claims)
    await turn()
    requests.forget('d1')
    await bodyOf('d2', 'r2')
    await bodyOf('d1', 'r1')
    await bodyOf('d2', 'r2')
    expect(loads).toEqual([['r1', 'r2'], ['r1'], ['r2']])
  })
})
