import fp from 'fastify-plugin'
import { createSessions, type Sessions } from '../auth/sessions.js'

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions
  }
}

/** Sessions with a cache of a few seconds. A sign-out in any process clears the cache. */
export default fp(
  async (app) => {
    const sessions = createSessions({ db: app.db, sql: app.sql })
    app.decorate('sessions', sessions)
    const stop = await app.liveBus.subscribe({
      control: ({ type }) => {
        if (type === 'user.sessions-revoked' || type === 'user.deleted') sessions.forget()
      },
      gap: sessions.forget,
    })
    app.addHook('onClose', stop)
  },
  { name: 'sessions', dependencies: ['database', 'live-bus'] },
)
