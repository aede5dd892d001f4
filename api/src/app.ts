import type { Config } from '@whook/shared/server/config'
import type { Logger } from '@whook/shared/server/logger'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import database from './plugins/database.js'
import problems from './plugins/problems.js'
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
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
    ajv: { customOptions: { removeAdditional: false, allErrors: true, coerceTypes: 'array' } },
  })
  app.decorate('config', config)

  await app.register(problems)
  await app.register(database, { databaseUrl: config.databaseUrl, poolSize: config.poolSize })
  await app.register(rest, { prefix: '/api/v1' })

  return app
}
