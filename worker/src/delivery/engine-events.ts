interface EngineEventListeners {
  /** `claim/claim.ts` found destination queues that may have due deliveries. `prefetch/prefetch.ts` claims from them. */
  queueReady: () => void
  /** `prefetch/prefetch.ts` has claimed deliveries or a free slot. `engine.ts` starts the deliveries that may start. */
  startable: () => void
}

/**
 * The only way from a part of the engine to a part that is built after it. All other calls go from a later part to an
 * earlier one.
 */
export function createEngineEvents() {
  const listeners: { [Event in keyof EngineEventListeners]: EngineEventListeners[Event][] } = {
    queueReady: [],
    startable: [],
  }
  return {
    on<Event extends keyof EngineEventListeners>(event: Event, listener: EngineEventListeners[Event]) {
      listeners[event].push(listener)
    },
    publish(event: keyof EngineEventListeners) {
      for (const listener of listeners[event]) listener()
    },
  }
}

export type EngineEvents = ReturnType<typeof createEngineEvents>
