import { withTimeout } from '@whook/shared/server/with-timeout'
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
      description: 'degraded: one of database and queue does not answer; what comes is accepted by the other',
    }),
    database: Type.String({ description: "'ok', or what is wrong" }),
    queue: Type.String({ description: "'ok', or what is wrong" }),
    accept: OneOf(['queue', 'database']),
    durability: Type.Unknown({ description: 'What the queue promises, and why' }),
  },
  {
    examples: [
      { status: 'ready', database: 'ok', queue: 'ok', accept: 'queue', durability: { durable: true } },
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
    const answerOf = (check: Promise<unknown>) =>
      withTimeout(check, 2000, 'the check').then(
        () => 'ok',
        (error: Error) => error.message,
      )
    app.get('/healthz', { schema: alive }, async () => ({ status: 'ok' as const }))
    app.get('/readyz', { schema: ready }, async (_request, reply) => {
      const [database, queue, durability] = await Promise.all([
        answerOf(app.sql`select 1`.then(() => undefined)),
        answerOf(app.queues.depth('ingest')),
        app.queues.durability(),
      ])
      const answering = [database, queue].filter((answer) => answer === 'ok').length
      const status = (['not-ready', 'degraded', 'ready'] as const)[answering]!
      const accept = app.config.accept
      // A balancer that asks here must not turn senders away while one durable place is left for what they send.
      return reply.code(answering === 0 ? 503 : 200).send({ status, database, queue, accept, durability })
    })
  },
  { name: 'health', dependencies: ['database', 'queues'] },
)
