import type { DestinationSettings } from '@whook/drizzle/queries/destination/load-settings'
import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { createBatchLoader } from './batch-loader.js'
import type { PreparedSettings } from './prepare-settings.js'

interface SettingsSources {
  load: (destinationIds: string[]) => Promise<Iterable<DestinationSettings>>
  /** Compiles settings once, so that deliveries need not. */
  prepare: (settings: DestinationSettings) => PreparedSettings
  /** Monotonic milliseconds. */
  now: () => number
  /** Maximum age of an entry in milliseconds, in case the message about a change was lost. */
  maxAgeMs?: number
  entriesMax?: number
  /** Maximum bytes of the scripts and filters of all entries. */
  bytesMax?: number
}

/**
 * Caches the settings of destinations. A control message that names their webhook drops them immediately. The entry
 * that was loaded first is dropped first when the cache is full.
 */
export function createSettingsCache({
  load,
  prepare,
  now,
  maxAgeMs = 5000,
  entriesMax = 2000,
  bytesMax = 64 * 1024 * 1024,
}: SettingsSources) {
  const entries = createBoundedCache<string, PreparedSettings>({ entriesMax, bytesMax, bytesOf, now })
  let generation = 0

  const loadTogether = createBatchLoader(async (ids) => {
    const loadedFor = generation
    const found = new Map([...(await load(ids))].map((row) => [row.id, prepare(row)]))
    // If a change was announced during the load, use the result once and do not cache it.
    if (loadedFor === generation)
      for (const settings of found.values()) entries.set(settings.id, settings, now() + maxAgeMs)
    return found
  })

  return {
    /** Resolves to undefined when the destination was deleted. */
    async get(destinationId: string): Promise<PreparedSettings | undefined> {
      return entries.peek(destinationId) ?? loadTogether(destinationId)
    },
    /** Returns the destinations whose settings were dropped. */
    dropWebhooks(webhookIds: readonly string[]): string[] {
      generation++
      const dropped = [...entries].flatMap(([id, { webhookId }]) =>
        webhookIds.includes(webhookId) ? [id] : [],
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

export type SettingsCache = ReturnType<typeof createSettingsCache>

const bytesOf = ({ webhookScript, script, filter }: DestinationSettings) =>
  Buffer.byteLength(webhookScript ?? '') +
  Buffer.byteLength(script ?? '') +
  (filter ? Buffer.byteLength(JSON.stringify(filter)) : 0)
