import type { DestinationSettings } from '@whook/drizzle/deliveries/load-settings'
import { gather } from './gather.js'

interface SettingsCacheOptions<T> {
  load: (destinationIds: string[]) => Promise<Iterable<DestinationSettings>>
  /** Compiles settings once, so that deliveries need not. */
  prepare: (settings: DestinationSettings) => T
  now: () => number
  /** Maximum age of an entry in milliseconds, in case the message about a change was lost. */
  maxAgeMs?: number
  entriesMax?: number
}

/** Caches the settings of destinations. A control message that names their webhook drops them immediately. */
export function createSettingsCache<T extends DestinationSettings>(options: SettingsCacheOptions<T>) {
  const { load, prepare, now, maxAgeMs = 5000, entriesMax = 2000 } = options
  const entries = new Map<string, { settings: T; loadedAt: number }>()
  let generation = 0

  const ask = gather(async (ids) => {
    const asked = generation
    const found = new Map([...(await load(ids))].map((row) => [row.id, prepare(row)]))
    // If a change was announced during the load, use the result once and do not cache it.
    if (asked === generation) for (const settings of found.values()) keep(settings)
    return found
  })

  function keep(settings: T) {
    entries.delete(settings.id)
    entries.set(settings.id, { settings, loadedAt: now() })
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
  }

  return {
    /** Resolves to undefined when the destination was deleted. */
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
