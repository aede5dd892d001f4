import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'
import type { IncomingMessage } from 'node:http'

/**
 * Adds security headers to every response, including errors and 404. Scripts, workers and styles load only from the
 * folders of static files: 'self' would include hook URLs, whose responses users configure. Framing is forbidden, and
 * no referrer is sent.
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
          // CodeMirror and the virtual lists position rows with inline styles.
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
 * Returns the Host header, because the dashboard is also served on loopback names. A source without a scheme uses the
 * scheme of the page (CSP 3 section 6.7.2.8). CSP has no sources with IPv6 addresses: undefined then.
 */
const hostOf = ({ headers }: IncomingMessage) =>
  /^[\w.-]+(?::\d{1,5})?$/.test(headers.host ?? '') ? headers.host : undefined
