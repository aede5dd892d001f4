import { createHash } from 'node:crypto'
import secureSession from '@fastify/secure-session'
import { limits } from '@whook/shared'
import fp from 'fastify-plugin'

declare module '@fastify/secure-session' {
  interface SessionData {
    id: string
  }
}

/** The sealed cookie that carries a session id and nothing else. `__Host-` pins it to this host where there is https. */
export default fp(
  async (app) => {
    const { secureCookies, secretKey, oldSecretKeys } = app.config
    await app.register(secureSession, {
      sessionName: 'session',
      cookieName: secureCookies ? '__Host-sid' : 'sid',
      key: [secretKey, ...oldSecretKeys].map((key) => createHash('sha256').update(`cookie ${key}`).digest()),
      expiry: limits.sessionAbsoluteDays * 86_400,
      cookie: {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: secureCookies,
        maxAge: limits.sessionAbsoluteDays * 86_400,
      },
    })
  },
  { name: 'session-cookie' },
)
