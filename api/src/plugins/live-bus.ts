import { createAnnouncer, type Announcer } from '@whook/runtime/announcer'
import type { ControlMessage } from '@whook/shared'
import { createLiveBus, type LiveBus } from '@whook/runtime/live-bus/live-bus'
import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    liveBus: LiveBus
    announcer: Announcer
  }
}

export default fp(
  async (app) => {
    const liveBus = withLocalDelivery(createLiveBus({ ...app.config, logger: app.log }), app.log)
    const announcer = createAnnouncer({ liveBus, logger: app.log })
    app.decorate('liveBus', liveBus).decorate('announcer', announcer)
    app.addHook('onClose', async () => {
      await announcer.close()
      await liveBus.close()
    })
  },
  { name: 'live-bus' },
)

/**
 * Returns a live bus that delivers control messages to its own process first. So a changed webhook leaves this
 * process's cache before the change is confirmed, and the next call sees the change. An unavailable bus does not fail
 * the call: the change is stored, and the other processes invalidate their caches when they reconnect.
 */
export function withLocalDelivery(bus: LiveBus, logger: Pick<FastifyBaseLogger, 'warn'>): LiveBus {
  const own = new Set<(message: ControlMessage) => void>()
  return {
    ...bus,
    async control(message) {
      for (const deliver of own) deliver(message)
      await bus
        .control(message)
        .catch((error: unknown) => logger.warn({ err: error, type: message.type }, 'control.not-published'))
    },
    async subscribe(handlers) {
      const { control } = handlers
      if (control) own.add(control)
      const stop = await bus.subscribe(handlers)
      return async () => {
        if (control) own.delete(control)
        await stop()
      }
    },
  }
}
