import type { RequestToSend } from '@whook/drizzle/queries/request/load-requests'
import type { HeaderPairs, VerificationOutcome } from '@whook/shared'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { createBatchLoader } from '../batch-loader.js'
import { createBodyBudget } from './body-budget.js'

/** A stored request, unpacked, with its exact bytes. */
export interface SendableRequest {
  id: string
  webhookId: string
  method: string
  path: string
  query: string
  verification: VerificationOutcome
  headers: HeaderPairs
  body: Buffer
}

interface RequestSources {
  /** Loads several requests with one query. Omits bodies larger than `bodyBytesMax`. */
  load: (ids: string[], bodyBytesMax: number) => Promise<Iterable<RequestToSend>>
  loadBody: (id: string) => Promise<Buffer | undefined>
  /** Users take turns with their large bodies. Resolves to undefined when the destination was deleted. */
  ownerOf: (destinationId: string) => Promise<string | undefined>
}

/** Bodies up to this size are loaded together, larger ones one by one within the budget. */
const smallBytes = 64 * 1024
const largeBytesAtOnce = 128 * 1024 * 1024
/** Maximum requests loaded before a slot is free: at most 64 MiB of small bodies, for any number of slots. */
const aheadMax = 1024

/**
 * Loads stored requests with their exact bytes. Concurrent loads share one query, and the bytes in memory are
 * bounded. Prefetched deliveries are loaded together with their claim. Otherwise each delivery costs a query of its
 * own when its slot is free.
 */
export function createRequestLoader({ load, loadBody, ownerOf }: RequestSources) {
  const budget = createBodyBudget(largeBytesAtOnce)
  const loadTogether = createBatchLoader(
    async (ids) => new Map([...(await load(ids, smallBytes))].map((row) => [row.id, row])),
  )
  /** By delivery id. Contains only deliveries that are claimed and not started. */
  const loading = new Map<string, Promise<RequestToSend | undefined>>()

  function take(deliveryId: string, requestId: string) {
    const row = loading.get(deliveryId) ?? loadTogether(requestId)
    loading.delete(deliveryId)
    return row
  }

  return {
    loadAhead(claims: readonly { id: string; requestId: string }[]) {
      for (const { id, requestId } of claims) {
        // The other requests are loaded when their deliveries start.
        if (loading.size >= aheadMax) return
        const row = loadTogether(requestId)
        loading.set(id, row)
        // The start of the delivery loads the request again.
        row.catch(() => loading.delete(id))
      }
    },

    /** Drops the loaded request of a delivery that this worker will not send. */
    forget(deliveryId: string) {
      loading.delete(deliveryId)
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

export type RequestLoader = ReturnType<typeof createRequestLoader>
