import { countUnreadable } from '@whook/drizzle/queries/ledger/unreadable-jobs'
import { TimeoutError, withTimeout } from '@whook/runtime/with-timeout'
import { OneOf } from '@whook/shared'
import fp from 'fastify-plugin'
import Type from 'typebox'

const alive = {
  operationId: 'getHealth',
  summary: 'Check that the process is alive',
  tags: ['Operations'],
  response: { 200: Type.Object({ status: Type.Literal('ok') }, { examples: [{ status: 'ok' }] }) },
}

const Readiness = Type.Object(
  {
    status: OneOf(['ready', 'degraded', 'not-ready'], {
      description:
        'degraded: only one of database and queue is available, or queued batches need another version of Whook',
    }),
    database: Type.String({ description: "'ok', or the error" }),
    queue: Type.String({ description: "'ok', or the error" }),
    unreadable: Type.Union([Type.Integer(), Type.Null()], {
      description:
        'Queued batches that only a worker of another version can store; null while the database is unavailable',
    }),
    accept: OneOf(['queue', 'database']),
    durability: Type.Unknown({ description: 'Whether the queue is durable, and why' }),
  },
  {
    examples: [
      {
        status: 'ready',
        database: 'ok',
        queue: 'ok',
        unreadable: 0,
        accept: 'queue',
        durability: { durable: true },
      },
    ],
  },
)
const ready = {
  operationId: 'getReadiness',
  summary: 'Check that the process can accept requests, and how durably',
  tags: ['Operations'],
  response: {
    200: Readiness,
    503: { ...Readiness, description: 'The database and the queue are unavailable' },
  },
}

/** `/healthz`: the process is alive. `/readyz`: the process can accept requests, and how durably. */
export default fp(
  async (app) => {
    // The response is public, and a driver's message may contain addresses: it is only logged.
    const answerOf = (check: Promise<unknown>, name: 'database' | 'queue') =>
      withTimeout(check, 2000, `the check of the ${name}`).then(
        () => 'ok',
        (error: Error) => {
          app.log.warn({ err: error, name }, 'readiness.failed')
          return error instanceof TimeoutError ? 'no response within 2 seconds' : 'unavailable'
        },
      )
    app.get('/healthz', { schema: alive }, async () => ({ status: 'ok' as const }))
    app.get('/readyz', { schema: ready }, async (_request, reply) => {
      let unreadable: number | null = null
      const [database, queue, durability] = await Promise.all([
        answerOf(
          countUnreadable(app.sql).then((jobs) => void (unreadable = jobs)),
          'database',
        ),
        answerOf(app.queues.depth('ingest'), 'queue'),
        app.queues.durability(),
      ])
      const answering = [database, queue].filter((answer) => answer === 'ok').length
      const status =
        answering === 2 && unreadable === 0 ? 'ready' : answering === 0 ? 'not-ready' : 'degraded'
      const accept = app.config.accept
      // One durable store is enough to accept requests, so a load balancer must keep sending them here.
      return reply
        .code(answering === 0 ? 503 : 200)
        .send({ status, database, queue, unreadable, accept, durability })
    })
  },
  { name: 'health', dependencies: ['database', 'queues'] },
)
