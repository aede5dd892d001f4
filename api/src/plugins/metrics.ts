import type { ProblemCode } from '@whook/shared'
import type { ConnectionFault } from './connections.js'
import { promisify } from 'node:util'
import { clock } from '@whook/runtime/clock'
import fp from 'fastify-plugin'
import Type from 'typebox'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

/** Common reasons to refuse a request to a hook URL, exported from start. Rarer codes appear when they occur. */
const refusals: (ProblemCode | 'aborted')[] = [
  'unavailable',
  'overloaded',
  'not-found',
  'webhook-disabled',
  'rate-limited',
  'quota-reached',
  'storage-full',
  'body-too-large',
  'aborted',
]

const connectionFaults: ConnectionFault[] = ['over-limit', 'stalled', 'pipelined']

export type Metrics = ReturnType<typeof createMetrics>

/** Prometheus metrics of an api process. Labels have few values: never a slug or an id. */
function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'whook_api_' })
  const metrics = {
    registry,
    accepted: new Counter({
      name: 'whook_requests_accepted_total',
      help: 'Accepted requests, by the store that made them durable',
      labelNames: ['by'],
      registers,
    }),
    refused: new Counter({
      name: 'whook_requests_refused_total',
      help: 'Refused requests to hook URLs, by reason',
      labelNames: ['reason'],
      registers,
    }),
    acceptFailed: new Counter({
      name: 'whook_accept_failed_total',
      help: 'Batches that a store failed to accept',
      labelNames: ['by'],
      registers,
    }),
    unmarked: new Counter({
      name: 'whook_duplicates_unmarked_total',
      help: 'Requests without duplicate detection, because it was slower than accepting',
      registers,
    }),
    batchSize: new Histogram({
      name: 'whook_batch_requests',
      help: 'Requests per accepted batch',
      buckets: [1, 2, 5, 10, 20, 50, 100],
      registers,
    }),
    ackSeconds: new Histogram({
      name: 'whook_ack_seconds',
      help: 'Seconds from the last byte of a request to its durable storage',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2],
      registers,
    }),
    connectionFaults: new Counter({
      name: 'whook_connections_refused_total',
      help: 'Closed connections: over the limit, stalled, or with too many pipelined requests',
      labelNames: ['reason'],
      registers,
    }),
    sockets: new Gauge({ name: 'whook_sockets', help: 'Open live sockets', registers }),
    clockError: new Gauge({
      name: 'whook_api_clock_error_seconds',
      help: "This process's wall clock minus the database's clock; the database's clock is used",
      registers,
      collect() {
        this.set(clock.wallError() / 1000)
      },
    }),
  }
  // Export counters from start: the rate of a counter that appears with its first failure misses that failure.
  for (const by of ['queue', 'database']) {
    metrics.accepted.inc({ by }, 0)
    metrics.acceptFailed.inc({ by }, 0)
  }
  for (const reason of connectionFaults) metrics.connectionFaults.inc({ reason }, 0)
  for (const reason of refusals) metrics.refused.inc({ reason }, 0)
  return metrics
}

const prometheus = {
  operationId: 'getMetrics',
  summary: 'Get Prometheus metrics of this process',
  tags: ['Operations'],
  response: {
    200: { description: 'Prometheus text format', content: { 'text/plain': { schema: Type.String() } } },
  },
}

export default fp(
  async (app) => {
    const metrics = createMetrics()
    app.decorate('metrics', metrics)
    new Gauge({
      name: 'whook_connections',
      help: 'Open connections, including live sockets',
      registers: [metrics.registry],
      async collect() {
        this.set(await promisify(app.server.getConnections.bind(app.server))())
      },
    })
    app.addHook('onClose', async () => metrics.registry.clear())
    app.get('/metrics', { schema: prometheus }, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    )
  },
  { name: 'metrics' },
)
