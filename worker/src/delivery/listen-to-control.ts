import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import type { DeliveryEngine } from './engine.js'

interface Deps {
  liveBus: Pick<LiveBus, 'subscribe'>
  engine: Pick<DeliveryEngine, 'wake' | 'settingsChanged' | 'forget'>
}

/** Hints from the other processes. Without them everything still happens, a little later. */
export const listenToControl = ({ liveBus, engine }: Deps) =>
  liveBus.subscribe({
    control(message) {
      if (message.type === 'webhook.changed') engine.settingsChanged(message.webhookIds)
      if (message.type === 'deliveries.due') engine.wake(message.destinationIds)
    },
    gap: () => engine.forget(),
  })
