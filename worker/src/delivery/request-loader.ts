import type { RequestToSend } from '@whook/drizzle/deliveries/load-requests'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { createBodyBudget } from './body-budget.js'
import { gather } from './gather.js'
import type { SendableRequest } from './parts.js'

interface Deps {
  /** Several at once; larger bodies than `bodyBytesMax` are left out. */
  load: (ids: string[], bodyBytesMax: number) => Promise<Iterable<RequestToSend>>
  loadBody: (id: string) => Promise<Buffer | undefined>
  /** Users take turns with their large bodies; undefined when the destination is gone. */
  ownerOf: (destinationId: string) => Promise<string | undefined>
}

/** Bodies up to this are loaded together with others; larger ones one by one, within the budget. */
const smallBytes = 64 * 1024
const largeBytesAtOnce = 128 * 1024 * 1024
/** Requests loaded before a slot is free: with small bodies alone that is 64 MiB, however many slots there are. */
const aheadMax = 1024

/**
 * Stored requests with their exact bytes, loaded together when asked for together, and never too many bytes at once.
 * What is claimed ahead is loaded ahead, with its claim: asked for one by one as slots come free, the loads would be
 * as many as the sends.
 */
export function createRequestLoader({ load, loadBody, ownerOf }: Deps) {
  const budget = createBodyBudget(largeBytesAtOnce)
  const ask = gather(async (ids) => new Map([...(await load(ids, smallBytes))].map((row) => [row.id, row])))
  /** By delivery. At most as many as are claimed and not started. */
  const loading = new Map<string, Promise<RequestToSend | undefined>>()

  function take(deliveryId: string, requestId: string) {
    const row = loading.get(deliveryId) ?? ask(requestId)
    loading.delete(deliveryId)
    return row
  }

  return {
    loadAhead(claims: readonly { id: string; requestId: string }[]) {
      for (const { id, requestId } of claims) {
        // The rest is loaded when it starts.
        if (loading.size >= aheadMax) return
        const row = ask(requestId)
        loading.set(id, row)
        // Whoever starts it then asks again.
        row.catch(() => loading.delete(id))
      }
    },

    /** They will not be started here. */
    forget(deliveryIds: readonly string[]) {
      for (const id of deliveryIds) loading.delete(id)
    },

    async withRequest<T>(
      { id, requestId, destinationId }: { id: string; requestId: string; destinationId: string },
      work: (request: SendableRequest | undefined) => Promise<T>,
    ): Promise<T> {
      const row = await take(id, requestId)
      if (!row) return work(undefined)
      if (row.body) return work(unpack(row, row.body))
      const userId = (await ownerOf(destinationId)) ?? ''
      return budget.within({ userId, bytes: row.size }, async () => {
        const body = await loadBody(requestId)
        return work(body && unpack(row, body))
      })
    },
  }
}

const unpack = (row: RequestToSend, body: Buffer): SendableRequest => ({
  id: row.id,
  webhookId: row.webhookId,
  method: row.method,
  path: row.path,
  query: row.query,
  verification: row.verification,
  headers: unpackHeaders(row.headers),
  body,
})
