import { withTimeout } from '@whook/shared/server/with-timeout'
import fp from 'fastify-plugin'

/** `/healthz`: the process is alive. `/readyz`: it can do its work, and with which durability. */
export default fp(
  async (app) => {
    const answerOf = (check: Promise<unknown>) =>
      withTimeout(check, 2000, 'the check').then(
        () => 'ok',
        (error: Error) => error.message,
      )
    app.get('/healthz', async () => ({ status: 'ok' }))
    app.get('/readyz', async (_request, reply) => {
      const [database, queue, durability] = await Promise.all([
        answerOf(app.sql`select 1`.then(() => undefined)),
        answerOf(app.queues.depth('ingest')),
        app.queues.durability(),
      ])
      const ready = database === 'ok' && queue === 'ok'
      const accept = app.config.accept
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not-ready', database, queue, accept, durability })
    })
  },
  { name: 'health', dependencies: ['database', 'queues'] },
)
