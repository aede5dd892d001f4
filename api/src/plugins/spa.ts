import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'

const levels = import.meta.url.includes('/dist/') ? '../../../../' : '../../../'
const folder = fileURLToPath(new URL(`${levels}web/dist`, import.meta.url))

/** Serves the dashboard: hashed files are cached for a year, index.html is revalidated. Page URLs get index.html. */
const spa: FastifyPluginAsync = async (app) => {
  if (!existsSync(folder)) {
    app.log.warn({ folder }, 'spa.missing: run the build, or the Vite server in development')
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const immutable = path.includes('/assets/')
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get('/*', async (request, reply) => {
    const wantsPage =
      request.headers.accept?.includes('text/html') && !/^\/(api|auth|ws|wh_)/.test(request.url)
    return wantsPage ? reply.sendFile('index.html') : reply.callNotFound()
  })
}

export default spa
