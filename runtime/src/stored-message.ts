import type { CapturedRequest, LiveMessage } from '@whook/shared'

export type StoredMessage = Extract<LiveMessage, { type: 'request.stored' }>

/** Returns the live message for a stored request, before its first attempt. */
export function storedMessage(
  request: CapturedRequest,
  deliveries: readonly { status: string }[],
): StoredMessage {
  const filtered = deliveries.filter(({ status }) => status === 'filtered').length
  return {
    type: 'request.stored',
    request: {
      id: request.id,
      webhookId: request.webhookId,
      method: request.method,
      path: request.path,
      query: request.query,
      contentType: request.contentType,
      size: request.size,
      event: request.event,
      verification: request.verification,
      refused: request.refused ?? false,
      remoteAddress: request.remoteAddress,
      duplicateOf: null,
      replayOf: null,
      receivedAt: new Date(request.receivedAt).toISOString(),
      deliveries: {
        total: deliveries.length,
        delivered: 0,
        waiting: deliveries.length - filtered,
        retrying: 0,
        failed: 0,
        recovered: 0,
        filtered,
        lastStatusCode: null,
        lastDurationMs: null,
      },
    },
  }
}
