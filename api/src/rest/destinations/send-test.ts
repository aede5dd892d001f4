import type { Sql } from '@whook/drizzle'
import { letProbeThrough } from '@whook/drizzle/queries/destination-state/steer-circuit'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { ApiError, type CapturedRequest, type Delivery, type LiveMessage } from '@whook/shared'
import { storedMessage } from '@whook/runtime/stored-message'
import { clock } from '@whook/runtime/clock'

interface SendTestDeps {
  /** Throws ApiError when the user has reached a quota for stored requests. */
  checkQuotas: (userId: string) => void
  sql: Sql
  newId: () => string
  publish: (userId: string, message: LiveMessage) => void
  deliveriesDue: (destinationIds: string[]) => void
  read: (userId: string, deliveryId: string) => Promise<Delivery>
}

/** Stores a test request and delivers it to one destination. Throws ApiError (409) if the destination is disabled. */
export const createSendTest =
  ({ checkQuotas, sql, newId, publish, deliveriesDue, read }: SendTestDeps) =>
  async (userId: string, target: { id: string; webhookId: string; enabled: boolean }): Promise<Delivery> => {
    if (!target.enabled)
      throw new ApiError('conflict', { detail: 'The destination is disabled; enable it first' })
    checkQuotas(userId)
    const receivedAt = clock.now()
    const text = JSON.stringify({
      type: 'whook.test',
      message: 'A test request from Whook',
      at: new Date(receivedAt).toISOString(),
    })
    const request: CapturedRequest = {
      id: newId(),
      webhookId: target.webhookId,
      userId,
      method: 'POST',
      path: '',
      query: '',
      httpVersion: '1.1',
      remoteAddress: '',
      headers: ['content-type', 'application/json', 'user-agent', 'Whook test'],
      contentType: 'application/json',
      text,
      size: Buffer.byteLength(text),
      event: 'whook.test',
      verification: 'unconfigured',
      verificationReason: null,
      receivedAt,
    }
    const batch = { instanceId: newId(), number: 1, refused: [], requests: [request] }
    const [delivery] = (await storeBatch(sql, batch, { destinationIds: [target.id] })) ?? []
    if (!delivery)
      throw new ApiError('conflict', { detail: 'The destination was changed at the same time; try again' })
    publish(userId, storedMessage(request, [delivery]))
    await letProbeThrough(sql, [target.id])
    deliveriesDue([target.id])
    return read(userId, delivery.id)
  }
