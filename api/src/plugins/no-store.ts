import type { FastifyInstance } from 'fastify'

/** Keeps responses with user data or secrets out of every cache (RFC 9111 section 5.2.2.5). */
export function addNoStore(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
}
