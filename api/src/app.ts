import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { limits } from '@whook/shared'
import type { Config } from '@whook/runtime/config'
import type { Logger } from '@whook/runtime/logger'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import auth from './auth/auth.js'
import sessionCookie from './auth/session-cookie.js'
import ingest from './ingest/ingest.js'
import live from './live/live.js'
import budgets from './plugins/budgets.js'
import answerBudget from './plugins/answer-budget.js'
import { buildValidator } from './plugins/build-validator.js'
import { guardConnections } from './plugins/connections.js'
import database from './plugins/database.js'
import emptyJson from './plugins/empty-json.js'
import health from './plugins/health.js'
import liveBus from './plugins/live-bus.js'
import metrics from './plugins/metrics.js'
import notFound from './plugins/not-found.js'
import openapi from './plugins/openapi.js'
import problemPages from './plugins/problem-pages.js'
import problems from './plugins/problems.js'
import queues from './plugins/queues.js'
import quotas from './plugins/quotas.js'
import secrets from './plugins/secrets.js'
import securityHeaders from './plugins/security-headers.js'
import sessions from './plugins/sessions.js'
import spa from './plugins/spa.js'
import { restoreHeaders, sortUpgrades } from './plugins/upgrades.js'
import usableHttp from './plugins/usable-http.js'
import {
  answerClientError,
  answerConnect,
  answerExpectation,
  answerOverLimit,
  answerUnreadableUrl,
} from './plugins/unrouted-problems.js'
import rest from './rest/rest.js'
import services from './rest/services.js'
import { createTokenBuckets } from './token-buckets.js'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    /** Every route, such as `get /api/v1/me`, in the order of registration. Tests iterate over them. */
    routes: string[]
  }
}

export interface AppOptions {
  config: Config
  logger: Logger
}

const http = {
  maxHeaderSize: limits.headerBytesMax,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 1000,
}

/** Treats `/api/v1/webhooks/` as `/api/v1/webhooks`, not as a webhook without an id. */
function withoutTrailingSlash(url: string): string {
  const mark = url.indexOf('?')
  const end = mark < 0 ? url.length : mark
  return url.startsWith('/api/v1/') && url[end - 1] === '/' ? url.slice(0, end - 1) + url.slice(end) : url
}

/** Builds the api. This is its table of contents: all plugins, in the order of registration. */
export async function buildApp({ config, logger }: AppOptions): Promise<FastifyInstance> {
  const sockets = new EventEmitter()
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    http,
    frameworkErrors: answerUnreadableUrl,
    clientErrorHandler: (error, socket) => {
      const refusal = answerClientError(error, socket)
      if (refusal) app.metrics.refused.inc({ reason: refusal })
    },
    rewriteUrl: ({ url = '/' }) => withoutTrailingSlash(url),
    schemaController: { compilersFactory: { buildValidator } },
    // Webhook URLs are handled before the router: routing would be half the cost of an accepted request.
    serverFactory: (route) => {
      // Node would refuse a missing Host itself, without guard headers and a problem body. `validateHttpRequest` refuses it
      // instead.
      const server = createServer({ ...http, requireHostHeader: false })
      const connections = guardConnections(server, {
        connectionsMax: config.connectionsMax,
        stallMs: 20_000,
        pipelinedMax: 100,
        onFault: (reason) => app.metrics.connectionFaults.inc({ reason }),
      })
      server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
        restoreHeaders(incoming)
        if (connections.isOverLimit(incoming.socket)) return answerOverLimit(incoming, response)
        if (app.ingest(incoming, response)) return
        connections.oneInHand(incoming, response, () => route(incoming, response))
      })
      // Node would answer these two itself, without guard headers and a problem body.
      server.on('checkExpectation', answerExpectation).on('connect', answerConnect)
      server.maxHeadersCount = 0
      server.requestTimeout = 30_000
      // RFC 9112 section 9.6: a client that closed its sending side still waits for the response.
      Object.assign(server, { httpAllowHalfOpen: true })
      sortUpgrades(server, sockets)
      return server
    },
  })
  app
    .decorate('config', config)
    .decorate('routes', [])
    .decorate('wrongKeys', createTokenBuckets())
    .decorateRequest('principal')
    .decorateRequest('userId', '')

  app.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat()) if (name !== 'HEAD') app.routes.push(`${name.toLowerCase()} ${url}`)
  })

  await app.register(problems)
  await app.register(notFound)
  await app.register(securityHeaders)
  await app.register(usableHttp)
  await app.register(emptyJson)
  await app.register(openapi)
  await app.register(metrics)
  await app.register(budgets)
  await app.register(answerBudget)
  await app.register(database, { databaseUrl: config.databaseUrl, poolSize: config.poolSize })
  await app.register(quotas)
  await app.register(secrets)
  await app.register(queues)
  await app.register(liveBus)
  await app.register(sessionCookie)
  await app.register(sessions)
  await app.register(health)
  await app.register(problemPages)
  await app.register(ingest)
  await app.register(auth, { prefix: '/auth' })
  await app.register(services)
  await app.register(rest, { prefix: '/api/v1' })
  await app.register(live, { sockets })
  await app.register(spa)

  return app
}
