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
 * The sealed session cookie: it contains only the session id. The key is derived from SECRET_KEY and the cookie's name,
 * so a cookie `sid` of an earlier version is not valid.
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
