import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'

/** On every answer, errors and 404 included. No script but our own files; nobody may frame us; no referrer. */
export default fp(
  async (app) => {
    const { publicUrl, secureCookies } = app.config
    const socketOrigin = publicUrl.replace(/^http/, 'ws')
    await app.register(helmet, {
      global: true,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          // CodeMirror and the virtual lists place their rows by inline style.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'", socketOrigin],
          frameSrc: ["'self'", 'blob:'],
          workerSrc: ["'self'", 'blob:'],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
        },
      },
      frameguard: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
      crossOriginEmbedderPolicy: false,
      strictTransportSecurity: secureCookies ? { maxAge: 15_552_000 } : false,
    })
  },
  { name: 'security-headers' },
)
