import type { RequestToSend } from '@whook/drizzle/deliveries/load-requests'
import { unpackHeaders } from '@whook/shared/server/raw-headers'
import { createBodyBudget } from './body-budget.js'
import { gather } from './gather.js'
import type { SendableRequest } from './parts.js'

interface Deps {
  /** Several at once; larger bodies than `bodyBytesMax` are left out. */
  load: (ids: string[], bodyBytesMax: number) => Promise<Iterable<RequestToSend>>
  loadBody: (id: string) => Promise<Buffer | undefined>
}

/** Bodies up to this are loaded together with others; larger ones one by one, within the budget. */
const smallBytes = 64 * 1024
const largeBytesAtOnce = 128 * 1024 * 1024

/** Stored requests with their exact bytes, loaded together when asked for together, and never too many bytes at once. */
export function createRequestLoader({ load, loadBody }: Deps) {
  const budget = createBodyBudget(largeBytesAtOnce)
  const ask = gather(async (ids) => new Map([...(await load(ids, smallBytes))].map((row) => [row.id, row])))

  return async function withRequest<T>(
    id: string,
    work: (request: SendableRequest | undefined) => Promise<T>,
  ): Promise<T> {
    const row = await ask(id)
    if (!row) return work(undefined)
    if (row.body) return work(unpack(row, row.body))
    return budget.within(row.size, async () => {
      const body = await loadBody(id)
      return work(body && unpack(row, body))
    })
  }
}

const unpack = (row: RequestToSend, body: Buffer): SendableRequest => ({
  id: row.id,
  webhookId: row.webhookId,
  method: row.method,
  path: row.path,
  query: row.query,
  headers: unpackHeaders(row.headers),
  body,
})
