import { Resolver } from 'node:dns/promises'
import { NameLookupError, queryAddresses, type Found } from './query-addresses.js'
import type { Address, SystemFiles } from './system-files.js'

interface Options {
  files: SystemFiles
  /** Name servers as `address:port`. Default: those of the system. */
  servers?: readonly string[]
  /** From the first query of a name to its addresses. */
  timeoutMs?: number
  /** Monotonic milliseconds. */
  now?: () => number
}

interface Entry {
  found: Promise<Address[]>
  /** Infinity while the queries are under way. */
  freshUntil: number
}

const entriesMax = 128
/** Names that wait for a name server at once. */
const queriesMax = 64
/** A record is kept for its TTL, but at most this long: a moved receiver is found again soon. */
const cacheMsMax = 30_000
/** A name that failed is not looked up again for this long. */
const negativeCacheMs = 2000
/** A resolver reads the system's name servers when it is made; a laptop changes its network. */
const resolverMsMax = 30_000
/** c-ares doubles the wait for the second round of queries: 4.5 seconds with one name server. */
const queryOptions = { timeout: 1500, tries: 2 }
const loopback: Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * Name lookups of one user, with their own cache and their own queries: another user's silent name servers delay none
 * of them. The answer is never more than a candidate: each connection judges its addresses again.
 */
export function createNameLookups({
  files,
  servers,
  timeoutMs = 5000,
  now = () => performance.now(),
}: Options) {
  const entries = new Map<string, Entry>()
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
      for (const goOn of waiting.splice(0)) goOn()
    }
    return queryAddresses(currentResolver(), name, { timeoutMs: leftMs, settled })
  }

  /** The name as it is, then below each search domain, as getaddrinfo does with a name that has a dot. */
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

  function keep(host: string, entry: Entry) {
    entries.delete(host)
    entries.set(host, entry)
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
  }

  return {
    /** Candidates for a host name, IPv4 first. Rejects with NameLookupError. */
    lookup(host: string): Promise<Address[]> {
      const known = entries.get(host)
      if (known && known.freshUntil > now()) return known.found
      const entry: Entry = { freshUntil: Infinity, found: Promise.resolve([]) }
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
      keep(host, entry)
      return entry.found
    },
    /** Resolves when another lookup would not be late because of those under way. undefined: it would not be now. */
    room(): Promise<void> | undefined {
      return queries < queriesMax ? undefined : waitForRoom()
    },
  }
}

export type NameLookups = ReturnType<typeof createNameLookups>

const isAbsent = (error: unknown) =>
  error instanceof NameLookupError && (error.code === 'ENOTFOUND' || error.code === 'ENODATA')
