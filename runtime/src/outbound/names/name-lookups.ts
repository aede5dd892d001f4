import { Resolver } from 'node:dns/promises'
import { createBoundedCache } from '../../bounded-cache.js'
import { monotonicMs } from '../../clock.js'
import { NameLookupError, queryAddresses, type Found } from './query-addresses.js'
import type { Address, SystemFiles } from './system-files.js'

interface NameLookupOptions {
  files: SystemFiles
  /** Name servers as `address:port`. Default: those of the system. */
  servers?: readonly string[]
  /** Maximum time from the first query of a name to its addresses. */
  timeoutMs?: number
  /** Monotonic milliseconds. */
  now?: () => number
}

interface NameLookup {
  found: Promise<Address[]>
  /** Infinity while the queries are running. */
  freshUntil: number
}

const entriesMax = 128
/** Maximum number of names that wait for a name server at the same time. */
const queriesMax = 64
/** A record is cached for its TTL, but at most this long, to find a moved receiver soon. */
const cacheMsMax = 30_000
/** A failed lookup is cached for this long. */
const negativeCacheMs = 2000
/** A resolver reads the system's name servers on creation. A laptop changes networks, so resolvers are replaced. */
const resolverMsMax = 30_000
/** c-ares doubles the timeout for the second attempt: 4.5 seconds in total with one name server. */
const queryOptions = { timeout: 1500, tries: 2 }
const loopback: Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * Creates the name lookups of one tenant, with their own cache and queries: slow name servers of another tenant do not
 * delay them. The addresses are only candidates: each connection checks its address again.
 */
export function createNameLookups({
  files,
  servers,
  timeoutMs = 5000,
  now = monotonicMs,
}: NameLookupOptions) {
  const lookups = createBoundedCache<string, NameLookup>({ entriesMax })
  const waiting: (() => void)[] = []
  let queries = 0
  let resolver: { made: Resolver; at: number } | undefined

  function currentResolver(): Resolver {
    if (resolver && now() - resolver.at < resolverMsMax) return resolver.made
    const made = new Resolver(queryOptions)
    if (servers) made.setServers(servers)
    resolver = { made, at: now() }
    return made
  }

  async function query(name: string, leftMs: number): Promise<Found> {
    queries++
    const settled = () => {
      queries--
      for (const resume of waiting.splice(0)) resume()
    }
    return queryAddresses(currentResolver(), name, { timeoutMs: leftMs, settled })
  }

  /** Looks up the name itself, then below each search domain, as getaddrinfo does for a name with a dot. */
  async function resolve(host: string): Promise<Found> {
    const until = now() + timeoutMs
    const name = host.toLowerCase().replace(/\.$/, '')
    if (name === 'localhost' || name.endsWith('.localhost')) return { addresses: loopback, ttlSeconds: 0 }
    const listed = files.hosts(name)
    if (listed) return { addresses: listed, ttlSeconds: 0 }
    const search = host.endsWith('.') ? [] : files.searchDomains()
    let missing: unknown
    for (const suffix of ['', ...search.map((domain) => `.${domain}`)]) {
      try {
        return await query(name + suffix, Math.max(1, until - now()))
      } catch (error) {
        missing ??= error
        if (!isAbsent(error)) break
      }
    }
    throw missing
  }

  async function waitForRoom() {
    while (queries >= queriesMax) await new Promise<void>((resolve) => waiting.push(resolve))
  }

  return {
    /** Returns candidate addresses of a host name, IPv4 first. Rejects with NameLookupError. */
    lookup(host: string): Promise<Address[]> {
      const known = lookups.peek(host)
      if (known && known.freshUntil > now()) return known.found
      const entry: NameLookup = { freshUntil: Infinity, found: Promise.resolve([]) }
      entry.found = resolve(host).then(
        ({ addresses, ttlSeconds }) => {
          entry.freshUntil = now() + Math.min(ttlSeconds * 1000, cacheMsMax)
          return addresses
        },
        (error: unknown) => {
          entry.freshUntil = now() + negativeCacheMs
          throw error
        },
      )
      lookups.set(host, entry)
      return entry.found
    },
    /** Resolves when fewer than the maximum of queries are running. Returns undefined when that is true now. */
    room(): Promise<void> | undefined {
      return queries < queriesMax ? undefined : waitForRoom()
    },
  }
}

export type NameLookups = ReturnType<typeof createNameLookups>

const isAbsent = (error: unknown) =>
  error instanceof NameLookupError && (error.code === 'ENOTFOUND' || error.code === 'ENODATA')
