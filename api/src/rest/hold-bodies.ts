import { ApiError } from '@whook/shared'
import type { FastifyInstance } from 'fastify'

/**
 * Counts the bodies of REST calls in the budget of bodies in receipt, by user, until the call is answered. A body is
 * counted at its declared length before its first byte is read, or at the limit of its route when it is chunked.
 */
export function holdBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply) => {
    const bytes = bodyBytes(request.headers, request.routeOptions.bodyLimit ?? app.initialConfig.bodyLimit!)
    if (bytes === 0) return
    const lease = app.budgets.receiving.open([request.userId, `REST ${request.userId}`])
    if (!lease.add(bytes)) throw new ApiError('overloaded', { retryAfterSeconds: 5 })
    reply.raw.once('close', () => lease.release())
  })
}

function bodyBytes(headers: NodeJS.Dict<string | string[]>, limitBytes: number): number {
  const declared = headers['content-length']
  if (declared !== undefined) return Math.min(Number(declared), limitBytes)
  return headers['transfer-encoding'] === undefined ? 0 : limitBytes
}
