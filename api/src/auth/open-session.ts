import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Signs a browser in with a new session. Ends the browser's previous session, also that of another user. */
export async function openSession(
  app: FastifyInstance,
  request: FastifyRequest,
  userId: string,
): Promise<void> {
  const before = request.session.get('id')
  if (before !== undefined) await endSession(app, before)
  const id = await app.sessions.create({
    userId,
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
  })
  request.session.regenerate()
  request.session.set('id', id)
}

async function endSession({ sessions, liveBus }: FastifyInstance, id: string): Promise<void> {
  const record = await sessions.find(id)
  if (!record) return
  const { userId, idHash } = record
  await sessions.end(userId, idHash)
  await liveBus.control({
    type: 'user.sessions-revoked',
    userId,
    sessionIdHash: idHash.toString('base64url'),
  })
}
