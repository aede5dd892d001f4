import type { Db, Sql } from '@whook/drizzle'
import {
  ApiError,
  limits,
  type ListRequestsQuery,
  type LiveMessage,
  type RequestFilter,
  type RequestPage,
  type RequestSummary,
  type WebhookRequest,
} from '@whook/shared'
import { deleteRequest, deleteRequests } from '@whook/drizzle/queries/request/delete-requests'
import { listRequests } from '@whook/drizzle/queries/request/list-requests'
import { readBodySize, readRequest, readSummary } from '@whook/drizzle/queries/request/read-request'
import { createOwned } from '../owned.js'
import { readPlace, writePlace } from './request-pages.js'
import { toRequest, toSummary } from './to-request.js'

interface RequestsServiceDeps {
  db: Db
  sql: Sql
  publish: (userId: string, message: LiveMessage) => void
}

export function createRequestsService({ db, sql, publish }: RequestsServiceDeps) {
  const owned = createOwned(db)

  return {
    async list(userId: string, webhookId: string, query: ListRequestsQuery): Promise<RequestPage> {
      await owned.webhook(userId, webhookId)
      const { limit = limits.pageDefault, cursor, since, ...filter } = query
      const place = await readPlace(sql, { cursor, since })
      const { rows, next } = await listRequests(sql, { webhookId, place, filter, limit })
      return { items: rows.map(toSummary), ...writePlace(place, next) }
    },

    async get(userId: string, id: string): Promise<WebhookRequest> {
      const row = await readRequest(sql, { userId, id })
      if (!row) throw new ApiError('request-not-found')
      return toRequest(row)
    },

    async summary(userId: string, id: string): Promise<RequestSummary> {
      const row = await readSummary(sql, { userId, id })
      if (!row) throw new ApiError('request-not-found')
      return toSummary(row)
    },

    async bodySize(userId: string, id: string): Promise<number> {
      const size = await readBodySize(sql, { userId, id })
      if (size === undefined) throw new ApiError('request-not-found')
      return size
    },

    async body(userId: string, id: string): Promise<Buffer> {
      return (await owned.request(userId, id)).body
    },

    async remove(userId: string, id: string): Promise<void> {
      const { webhookId } = await owned.request(userId, id)
      await deleteRequest(sql, { webhookId, id })
      publish(userId, { type: 'request.deleted', webhookId, requestId: id })
    },

    /** Deletes matching requests in small batches, so that locks are short. Skips newer ones. Returns the number. */
    async removeAll(userId: string, webhookId: string, filter: RequestFilter): Promise<number> {
      await owned.webhook(userId, webhookId)
      const removed = await deleteRequests(sql, { webhookId, filter })
      if (removed > 0) publish(userId, { type: 'requests.cleared', webhookId })
      return removed
    },
  }
}

export type RequestsService = ReturnType<typeof createRequestsService>
