import { withTimeout } from '@whook/shared/server/with-timeout'
import { OneOf } from '@whook/shared'
import fp from 'fastify-plugin'
import Type from 'typebox'

const alive = {
  operationId: 'getHealth',
  summary: 'Whether the process is alive',
  tags: ['Operations'],
  response: { 200: Type.Object({ status: Type.Literal('ok') }) },
}

const Readiness = Type.Object({
  status: OneOf(['ready', 'not-ready']),
  database: Type.String({ description: "'ok', or what is wrong" }),
  queue: Type.String({ description: "'ok', or what is wrong" }),
  accept: OneOf(['queue', 'database']),
  durability: Type.Unknown({ description: 'What the queue promises, and why' }),
})
const ready = {
  operationId: 'getReadiness',
  summary: 'Whether it can do its work, and with which durability',
  tags: ['Operations'],
  response: { 200: Readiness, 503: { ...Readiness, description: 'Something it needs does not answer' } },
}

/** `/healthz`: the process is alive. `/readyz`: it can do its work, and with which durability. */
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
      const isReady = database === 'ok' && queue === 'ok'
      const accept = app.config.accept
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ready' : 'not-ready', database, queue, accept, durability })
    })
  },
  { name: 'health', dependencies: ['database', 'queues'] },
)
