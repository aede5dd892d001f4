import { createHash } from 'node:crypto'
import secureSession from '@fastify/secure-session'
import { limits } from '@whook/shared'
import fp from 'fastify-plugin'
import { cookieNames } from './cookie-names.js'

declare module '@fastify/secure-session' {
  interface SessionData {
    id: string
  }
}

/**
 * The sealed cookie that carries a session id and nothing else. Its key is derived with the name of the cookie: a cookie
 * `sid` of an earlier version opens nothing.
 */
export default fp(
  async (app) => {
    const { secureCookies, secretKey, oldSecretKeys } = app.config
    await app.register(secureSession, {
      sessionName: 'session',
      cookieName: cookieNames(app.config).session,
      key: [secretKey, ...oldSecretKeys].map((key) =>
        createHash('sha256').update(`whook_sid ${key}`).digest(),
      ),
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
