import type { RequestPage } from '@whook/shared'
import type { api } from '../api/routes.js'
import type { useList } from '../data/use-list.js'

type RequestQuery = Parameters<typeof api.requests>[1]
type RequestList = Pick<ReturnType<typeof useList<RequestPage>>, 'loaded' | 'add' | 'current'>

/** Number of rows whose deliveries are fetched again after a gap. */
const refreshedRows = 100
/** Interval between two bookmark renewals while requests stream in. */
const renewEveryMs = 60_000
/** Maximum time between the receipt of a request and the creation of its id. */
const idDelayMs = 2

/** Fetches the requests that live messages may have missed. A bookmark of the list marks where they start. */
export function createRefill(fetchPage: (query: RequestQuery) => Promise<RequestPage>) {
  /** The requests stored after this position may not be fetched yet. */
  let bookmark: string | undefined
  /** A newer bookmark. Live messages of earlier requests may still be in transit, so it is used one renewal later. */
  let nextBookmark: string | undefined
  let renewedAt = 0

  /** Returns the number of fetched rows. */
  async function fetchSinceBookmark(list: RequestList, filters: RequestQuery): Promise<number> {
    const isCurrent = list.current()
    let count = 0
    for (let cursor: string | undefined; bookmark !== undefined;) {
      const page = await fetchPage({ limit: 200, since: bookmark, cursor, ...filters })
      if (!isCurrent()) return count
      list.add(page.items)
      count += page.items.length
      if (page.bookmark) {
        bookmark = page.bookmark
        nextBookmark = undefined
      }
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    return count
  }

  return {
    /** Forgets the bookmark: the list starts over. */
    reset() {
      bookmark = nextBookmark = undefined
      renewedAt = performance.now()
    },
    /** Starts at the bookmark of the first page. */
    startAt(page: RequestPage) {
      bookmark ??= page.bookmark ?? undefined
    },
    /** Fetches the requests since the bookmark, and the newest rows again. */
    async fill(list: RequestList, filters: RequestQuery) {
      const isCurrent = list.current()
      const newest = list.loaded.value.at(-1)
      const fetchNewest = async (query: RequestQuery) => {
        const page = await fetchPage({ limit: refreshedRows, ...filters, ...query })
        if (isCurrent()) list.add(page.items)
      }
      const count = await fetchSinceBookmark(list, filters)
      if (!isCurrent()) return
      await fetchNewest({})
      // With this many new rows, the rows known before are not among the newest: fetch them too.
      if (newest && count >= refreshedRows && isCurrent() && !filters.before)
        await fetchNewest({ before: new Date(Date.parse(newest.receivedAt) + idDelayMs).toISOString() })
    },
    /** Renews the bookmark while rows stream in, so that a refill reads minutes of requests and not hours. */
    async renewBookmark(list: RequestList) {
      if (performance.now() - renewedAt < renewEveryMs) return
      renewedAt = performance.now()
      const isCurrent = list.current()
      try {
        const page = await fetchPage({ limit: 1 })
        if (!isCurrent()) return
        bookmark = nextBookmark ?? bookmark
        nextBookmark = page.bookmark ?? undefined
      } catch {
        // The older bookmark is still valid: a refill only reads more.
      }
    },
  }
}
