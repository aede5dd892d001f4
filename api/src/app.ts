import { createServer } from 'node:http'
import { limits } from '@whook/shared'
import type { Config } from '@whook/shared/server/config'
import type { Logger } from '@whook/shared/server/logger'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import ingest from './ingest/ingest.js'
import database from './plugins/database.js'
import health from './plugins/health.js'
import liveBus from './plugins/live-bus.js'
import metrics from './plugins/metrics.js'
import problems from './plugins/problems.js'
import queues from './plugins/queues.js'
import secrets from './plugins/secrets.js'
import rest from './rest/rest.js'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
  }
}

export interface AppOptions {
  config: Config
  logger: Logger
}

/** The api's table of contents: everything it is made of, in order. */
export async function buildApp({ config, logger }: AppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    disableRequestLogging: true,
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    http: { maxHeaderSize: limits.headerBytesMax, headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
    ajv: { customOptions: { removeAdditional: false, allErrors: true, coerceTypes: 'array' } },
    // Hook URLs are answered in front of the router: half the cost of an accepted request would be routing it.
    serverFactory: (route, options) => {
      const server = createServer(options.http ?? {}, (incoming, response) => {
        if (!app.ingest(incoming, response)) route(incoming, response)
      })
      server.maxHeadersCount = 0
      server.requestTimeout = 30_000
      return server
    },
  })
  app.decorate('config', config)

  await app.register(problems)
  await app.register(metrics)
  await app.register(database, { databaseUrl: config.databaseUrl, poolSize: config.poolSize })
  await app.register(secrets)
  await app.register(queues)
  await app.register(liveBus)
  await app.register(health)
  await app.register(ingest)
  await app.register(rest, { prefix: '/api/v1' })

  return app
}
