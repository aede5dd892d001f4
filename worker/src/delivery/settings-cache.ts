import type { DestinationSettings } from '@whook/drizzle/deliveries/load-settings'
import { gather } from './gather.js'

interface Options<T> {
  load: (destinationIds: string[]) => Promise<Iterable<DestinationSettings>>
  /** Compiles what every delivery would otherwise compile again. */
  prepare: (settings: DestinationSettings) => T
  now: () => number
  /** Milliseconds after which a change is seen even if the message about it was lost. */
  maxAgeMs?: number
  entriesMax?: number
}

/** Settings of the destinations in use, dropped at once when a control message names their webhook. */
export function createSettingsCache<T extends DestinationSettings>(options: Options<T>) {
  const { load, prepare, now, maxAgeMs = 5000, entriesMax = 2000 } = options
  const entries = new Map<string, { settings: T; loadedAt: number }>()
  let generation = 0

  const ask = gather(async (ids) => {
    const asked = generation
    const found = new Map([...(await load(ids))].map((row) => [row.id, prepare(row)]))
    // A change told while the answer was on its way: use it once, do not keep it.
    if (asked === generation) for (const settings of found.values()) keep(settings)
    return found
  })

  function keep(settings: T) {
    entries.delete(settings.id)
    entries.set(settings.id, { settings, loadedAt: now() })
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
  }

  return {
    /** undefined when the destination is gone. */
    async get(destinationId: string): Promise<T | undefined> {
      const entry = entries.get(destinationId)
      if (entry && now() - entry.loadedAt < maxAgeMs) return entry.settings
      return ask(destinationId)
    },
    /** Returns the destinations whose settings were dropped. */
    dropWebhooks(webhookIds: readonly string[]): string[] {
      generation++
      const dropped = [...entries.values()].flatMap(({ settings }) =>
        webhookIds.includes(settings.webhookId) ? [settings.id] : [],
      )
      for (const id of dropped) entries.delete(id)
      return dropped
    },
    dropAll() {
      generation++
      entries.clear()
    },
  }
}
