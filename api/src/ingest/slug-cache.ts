import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { monotonicMs } from '@whook/runtime/clock'
import { withTimeout } from '@whook/runtime/with-timeout'
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
  retryAfterMs?: number
}

interface SlugCacheEntry {
  webhook: IngestWebhook | undefined
  /** Monotonic milliseconds. */
  loadedAt: number
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
  retryAfterMs = 2000,
}: SlugCacheOptions) {
  const entries = createBoundedCache<string, SlugCacheEntry>({ entriesMax, bytesMax, bytesOf, now })
  const loading = new Map<string, Promise<IngestWebhook | undefined>>()

  /** `isCurrent` returns false when the slug is dropped during the read: the result may be outdated. */
  async function fetch(slug: string, isCurrent: () => boolean): Promise<IngestWebhook | undefined> {
    const startedAt = now()
    const known = entries.getStale(slug)
    try {
      const webhook = await withTimeout(
        load(slug),
        known?.webhook ? reloadMs : loadMs,
        'looking up a webhook',
      )
      if (isCurrent())
        entries.set(slug, { webhook, loadedAt: startedAt }, startedAt + (webhook ? freshMs : missingFreshMs))
      return webhook
    } catch (error) {
      if (!known?.webhook || now() - known.loadedAt >= staleMs) throw error
      if (isCurrent()) entries.set(slug, known, now() + retryAfterMs)
      return known.webhook
    } finally {
      if (isCurrent()) loading.delete(slug)
    }
  }

  return {
    /** Returns a fresh cached webhook synchronously: the hot path does not wait for a promise. */
    peek(slug: string): IngestWebhook | undefined {
      return entries.peek(slug)?.webhook
    },
    get(slug: string): Promise<IngestWebhook | undefined> {
      const known = entries.use(slug)
      if (known) return Promise.resolve(known.webhook)
      const started = loading.get(slug)
      if (started) return started
      const promise: Promise<IngestWebhook | undefined> = fetch(slug, () => loading.get(slug) === promise)
      loading.set(slug, promise)
      return promise
    },
    drop(slugs: Iterable<string>) {
      for (const slug of slugs) {
        entries.delete(slug)
        loading.delete(slug)
      }
    },
    /**
     * Marks all entries as outdated, because changes may have been missed. Each is read again before it is served.
     * Entries are not deleted: while the database is unavailable, a cached webhook still accepts requests.
     */
    invalidate() {
      entries.invalidate()
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
