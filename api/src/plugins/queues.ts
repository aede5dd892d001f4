import { createQueues, type Queues } from '@whook/runtime/queues/queues'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    queues: Queues
  }
}

export default fp(
  async (app) => {
    const queues = createQueues({ ...app.config, logger: app.log })
    app.decorate('queues', queues)
    app.addHook('onClose', queues.close)
  },
  { name: 'queues' },
)
