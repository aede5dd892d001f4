import { createAnnouncer, type Announcer } from '@whook/shared/server/announcer'
import { createLiveBus, type LiveBus } from '@whook/shared/server/live-bus'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    liveBus: LiveBus
    announcer: Announcer
  }
}

export default fp(
  async (app) => {
    const liveBus = createLiveBus({ ...app.config, logger: app.log })
    const announcer = createAnnouncer({ liveBus, logger: app.log })
    app.decorate('liveBus', liveBus).decorate('announcer', announcer)
    app.addHook('onClose', async () => {
      await announcer.close()
      await liveBus.close()
    })
  },
  { name: 'live-bus' },
)
