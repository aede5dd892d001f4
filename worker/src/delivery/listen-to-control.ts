import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import type { DeliveryEngine } from './engine.js'

interface ControlListenerDeps {
  liveBus: Pick<LiveBus, 'subscribe'>
  engine: Pick<DeliveryEngine, 'wake' | 'settingsChanged' | 'dropSettings'>
}

/**
 * Optional wake-ups from the other processes. Without them the worker finds the same changes by polling, a little
 * later.
 */
export const listenToControl = ({ liveBus, engine }: ControlListenerDeps) =>
  liveBus.subscribe({
    control(message) {
      if (message.type === 'webhook.changed') engine.settingsChanged(message.webhookIds)
      if (message.type === 'deliveries.due') engine.wake(message.destinationIds)
    },
    gap: () => engine.dropSettings(),
  })
