import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'
import type { IncomingMessage } from 'node:http'

/**
 * On every answer, errors and 404 included. Scripts, workers and styles come from the folders of our own files alone:
 * 'self' would include every hook URL, whose answers users configure. Nobody may frame us; no referrer.
 */
export default fp(
  async (app) => {
    const { publicUrl, secureCookies } = app.config
    const socketOrigin = publicUrl.replace(/^http/, 'ws')
    const at = (path: string) => (request: IncomingMessage) => `${hostOf(request) ?? publicUrl}${path}`
    const ownFolders = ['/assets/', '/api/docs/static/'].map(at)
    const ownFiles = ['/theme.js'].map(at)
    await app.register(helmet, {
      global: true,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: [...ownFolders, ...ownFiles],
          // CodeMirror and the virtual lists place their rows by inline style.
          styleSrc: [...ownFolders, "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'", socketOrigin],
          frameSrc: ["'self'", 'blob:'],
          workerSrc: [at('/assets/')],
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

/**
 * The host that the browser knows this page under: the dashboard is also served on loopback names. A source without a
 * scheme takes that of the page (CSP 3 section 6.7.2.8); one with an IPv6 address does not exist.
 */
const hostOf = ({ headers }: IncomingMessage) =>
  /^[\w.-]+(?::\d{1,5})?$/.test(headers.host ?? '') ? headers.host : undefined
