import { countUnreadable } from '@whook/drizzle/ledger/unreadable-jobs'
import { TimeoutError, withTimeout } from '@whook/runtime/with-timeout'
import { OneOf } from '@whook/shared'
import fp from 'fastify-plugin'
import Type from 'typebox'

const alive = {
  operationId: 'getHealth',
  summary: 'Whether the process is alive',
  tags: ['Operations'],
  response: { 200: Type.Object({ status: Type.Literal('ok') }, { examples: [{ status: 'ok' }] }) },
}

const Readiness = Type.Object(
  {
    status: OneOf(['ready', 'degraded', 'not-ready'], {
      description:
        'degraded: one of database and queue does not answer, and the other accepts requests; or batches in the queue wait for another version of Whook',
    }),
    database: Type.String({ description: "'ok', or what is wrong" }),
    queue: Type.String({ description: "'ok', or what is wrong" }),
    unreadable: Type.Union([Type.Integer(), Type.Null()], {
      description:
        'Queued batches that were written by another version of Whook: a worker of that version stores them. null while the database does not answer',
    }),
    accept: OneOf(['queue', 'database']),
    durability: Type.Unknown({ description: 'The promise of the queue, and its reason' }),
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
  summary: 'Whether it can accept what comes, and with which durability',
  tags: ['Operations'],
  response: { 200: Readiness, 503: { ...Readiness, description: 'Neither database nor queue answers' } },
}

/** `/healthz`: the process is alive. `/readyz`: it can accept what comes, and with which durability. */
export default fp(
  async (app) => {
    // Anybody may read this: the message of a driver has addresses, so it goes to the log.
    const answerOf = (check: Promise<unknown>, name: 'database' | 'queue') =>
      withTimeout(check, 2000, `the check of the ${name}`).then(
        () => 'ok',
        (error: Error) => {
          app.log.warn({ err: error, name }, 'readiness.failed')
          return error instanceof TimeoutError ? 'no answer within 2 seconds' : 'unavailable'
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
      // A balancer that asks here must not turn senders away while one durable place is left for what they send.
      return reply
        .code(answering === 0 ? 503 : 200)
        .send({ status, database, queue, unreadable, accept, durability })
    })
  },
  { name: 'health', dependencies: ['database', 'queues'] },
)
