import { monotonicMs } from '@whook/runtime/clock'

interface Options {
  /** All slugs there are, in pieces; an error, or more than fit, and every slug may exist. */
  load: () => AsyncIterable<string[]>
  now?: () => number
  slugsMax?: number
  /** A belt: new slugs are told at once over the live bus. */
  freshMs?: number
}

/**
 * Tells guessed slugs from real ones without a query for each. Nothing is read before it is first asked, which is when
 * somebody guesses: then all slugs are read once, and again at most every `freshMs` while the guessing goes on.
 */
export function createKnownSlugs({ load, now = monotonicMs, slugsMax = 500_000, freshMs = 60_000 }: Options) {
  let slugs: Set<string> | undefined
  let freshUntil = 0
  let loading: Promise<void> | undefined
  /** Told of while the others were being read. */
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
    /** Some may have been missed. */
    doubt() {
      freshUntil = 0
    },
  }
}

export type KnownSlugs = ReturnType<typeof createKnownSlugs>
