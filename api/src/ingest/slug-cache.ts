import { withTimeout } from '@whook/runtime/with-timeout'
import { monotonicMs } from '@whook/runtime/clock'
import type { IngestWebhook } from './ingest-webhook.js'

interface Options {
  load: (slug: string) => Promise<IngestWebhook | undefined>
  now?: () => number
  entriesMax?: number
  /** Of the configured answers: they are by far the largest part of an entry. */
  bytesMax?: number
  /** A belt: changes are told at once over the live bus. */
  freshMs?: number
  missingFreshMs?: number
  /** While the database is away, what was known keeps being served this long. */
  staleMs?: number
  /** A caller waits this long for the database; then what was known is served, and it is asked again later. */
  loadMs?: number
  /** The same where something is known already: a caller of a webhook we know should not pay for the database. */
  reloadMs?: number
  askAgainMs?: number
}

interface Entry {
  webhook: IngestWebhook | undefined
  loadedAt: number
  /** Served without asking until then. */
  freshUntil: number
}

/** Slug -> webhook, least recently used out first; unknown slugs are remembered too, for a shorter time. */
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
}: Options) {
  const entries = new Map<string, Entry>()
  const loading = new Map<string, Promise<IngestWebhook | undefined>>()

  let bytes = 0

  const isFresh = ({ freshUntil }: Entry) => now() < freshUntil

  function keep(slug: string, entry: Entry) {
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

  /** `isCurrent` turns false when the slug is dropped while it is read: what was read may be the old state. */
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
    /** The answer at once when it is known and fresh: the hot path does not wait for a promise. */
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
     * Changes may have been missed: everything known is asked for again before it is served. Not forgotten, though: when
     * the database is away too, a webhook we knew is still a place to put what its senders send.
     */
    doubt() {
      for (const entry of entries.values()) entry.freshUntil = 0
      loading.clear()
    },
  }
}

/** Two bytes a character, and some 1,000 for the objects of an entry. */
function bytesOf({ webhook }: Entry): number {
  if (!webhook) return 200
  const { body, headers } = webhook.response
  return (
    1000 +
    2 * ((body?.length ?? 0) + headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0))
  )
}

export type SlugCache = ReturnType<typeof createSlugCache>
