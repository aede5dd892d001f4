import { withTimeout } from '@whook/runtime/with-timeout'
import { monotonicMs } from '@whook/runtime/clock'
import type { IngestWebhook } from './ingest-webhook.js'

interface SlugCacheOptions {
  load: (slug: string) => Promise<IngestWebhook | undefined>
  now?: () => number
  entriesMax?: number
  /** Estimated memory of all entries. Configured responses are by far the largest part. */
  bytesMax?: number
  /** Safety net only: the live bus announces changes immediately. */
  freshMs?: number
  missingFreshMs?: number
  /** Maximum age of a cached webhook that is served while the database is unavailable. */
  staleMs?: number
  /** Timeout of a database read when the webhook is not cached. The read then fails. */
  loadMs?: number
  /**
   * Timeout when the webhook is cached. It is then served from the cache: known webhooks do not wait for the database.
   */
  reloadMs?: number
  /** Time from a failed read of a cached webhook to the next read. */
  askAgainMs?: number
}

interface SlugCacheEntry {
  webhook: IngestWebhook | undefined
  loadedAt: number
  /** Served without a database read until then. */
  freshUntil: number
}

/**
 * Caches webhooks by slug and evicts the least recently used first. Unknown slugs are cached too, for a shorter time.
 */
export function createSlugCache({
  load,
  now = monotonicMs,
  entriesMax = 50_000,
  bytesMax = 64 * 2 ** 20,
  freshMs = 30_000,
  missingFreshMs = 2000,
  staleMs = 3_600_000,
  loadMs = 1000,
  reloadMs = 200,
  askAgainMs = 2000,
}: SlugCacheOptions) {
  const entries = new Map<string, SlugCacheEntry>()
  const loading = new Map<string, Promise<IngestWebhook | undefined>>()

  let bytes = 0

  const isFresh = ({ freshUntil }: SlugCacheEntry) => now() < freshUntil

  function keep(slug: string, entry: SlugCacheEntry) {
    forget(slug)
    entries.set(slug, entry)
    bytes += bytesOf(entry)
    while (entries.size > entriesMax || bytes > bytesMax) forget(entries.keys().next().value!)
  }

  function forget(slug: string) {
    const entry = entries.get(slug)
    if (!entry) return
    entries.delete(slug)
    bytes -= bytesOf(entry)
  }

  /** `isCurrent` returns false when the slug is dropped during the read: the result may be outdated. */
  async function fetch(slug: string, isCurrent: () => boolean): Promise<IngestWebhook | undefined> {
    const startedAt = now()
    const known = entries.get(slug)
    try {
      const webhook = await withTimeout(
        load(slug),
        known?.webhook ? reloadMs : loadMs,
        'looking up a webhook',
      )
      if (isCurrent())
        keep(slug, {
          webhook,
          loadedAt: startedAt,
          freshUntil: startedAt + (webhook ? freshMs : missingFreshMs),
        })
      return webhook
    } catch (error) {
      if (!known?.webhook || now() - known.loadedAt >= staleMs) throw error
      if (isCurrent()) keep(slug, { ...known, freshUntil: now() + askAgainMs })
      return known.webhook
    } finally {
      if (isCurrent()) loading.delete(slug)
    }
  }

  return {
    /** Returns a fresh cached webhook synchronously: the hot path does not wait for a promise. */
    peek(slug: string): IngestWebhook | undefined {
      const entry = entries.get(slug)
      return entry && isFresh(entry) ? entry.webhook : undefined
    },
    get(slug: string): Promise<IngestWebhook | undefined> {
      const entry = entries.get(slug)
      if (entry && isFresh(entry)) {
        keep(slug, entry)
        return Promise.resolve(entry.webhook)
      }
      const started = loading.get(slug)
      if (started) return started
      const promise: Promise<IngestWebhook | undefined> = fetch(slug, () => loading.get(slug) === promise)
      loading.set(slug, promise)
      return promise
    },
    drop(slugs: Iterable<string>) {
      for (const slug of slugs) {
        forget(slug)
        loading.delete(slug)
      }
    },
    /**
     * Marks all entries as outdated, because changes may have been missed. Each is read again before it is served.
     * Entries are not deleted: while the database is unavailable, a cached webhook still accepts requests.
     */
    doubt() {
      for (const entry of entries.values()) entry.freshUntil = 0
      loading.clear()
    },
  }
}

/** Estimated memory of an entry: two bytes a character, and about 1,000 bytes for its objects. */
function bytesOf({ webhook }: SlugCacheEntry): number {
  if (!webhook) return 200
  const { body, headers } = webhook.response
  return (
    1000 +
    2 * ((body?.length ?? 0) + headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0))
  )
}

export type SlugCache = ReturnType<typeof createSlugCache>
