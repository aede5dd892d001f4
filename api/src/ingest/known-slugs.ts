import { monotonicMs } from '@whook/runtime/clock'

interface KnownSlugsOptions {
  /** Yields all slugs in chunks. After an error, or with more than `slugsMax` slugs, every slug may exist. */
  load: () => AsyncIterable<string[]>
  now?: () => number
  slugsMax?: number
  /** Safety net only: the live bus announces new slugs immediately. */
  freshMs?: number
}

/**
 * Distinguishes guessed slugs from real ones without a query for each. Nothing is read until a client guesses. Then all
 * slugs are read once, and again at most every `freshMs` while the guessing continues.
 */
export function createKnownSlugs({
  load,
  now = monotonicMs,
  slugsMax = 500_000,
  freshMs = 60_000,
}: KnownSlugsOptions) {
  let slugs: Set<string> | undefined
  let freshUntil = 0
  let loading: Promise<void> | undefined
  /** Slugs announced during a read. */
  let added: string[] = []

  async function read() {
    const found = new Set<string>()
    try {
      for await (const piece of load()) {
        for (const slug of piece) found.add(slug)
        if (found.size > slugsMax) throw new Error(`over ${slugsMax} slugs`)
      }
      for (const slug of added) found.add(slug)
      slugs = found
    } catch {
      slugs = undefined
    } finally {
      freshUntil = now() + freshMs
      added = []
      loading = undefined
    }
  }

  return {
    async mayExist(slug: string): Promise<boolean> {
      if (now() >= freshUntil) await (loading ??= read())
      return slugs === undefined || slugs.has(slug)
    },
    add(some: Iterable<string>) {
      for (const slug of some) {
        slugs?.add(slug)
        if (loading) added.push(slug)
      }
    },
    /** Reads all slugs again at the next check, because announcements may have been missed. */
    invalidate() {
      freshUntil = 0
    },
  }
}

export type KnownSlugs = ReturnType<typeof createKnownSlugs>
