import { monotonicMs } from './clock.js'

interface CacheBounds<Key, Value> {
  entriesMax: number
  /** Bounds the sum of `bytesOf` over all entries. A value larger than this is not kept. */
  bytesMax?: number
  bytesOf?: (value: Value, key: Key) => number
  /** Called with each value that the bounds remove or refuse. */
  onEvicted?: (value: Value) => void
  /** Monotonic milliseconds. */
  now?: () => number
}

interface CacheEntry<Value> {
  value: Value
  bytes: number
  freshUntil: number
}

/**
 * Creates a map with bounds for its entries, their bytes and their age. When it is full, the least recently set or used
 * entry leaves first. An outdated entry stays until then: `getStale` returns it.
 */
export function createBoundedCache<Key, Value>({
  entriesMax,
  bytesMax = Infinity,
  bytesOf,
  onEvicted,
  now = monotonicMs,
}: CacheBounds<Key, Value>) {
  /** Least recently set or used first. */
  const entries = new Map<Key, CacheEntry<Value>>()
  let bytes = 0

  const isFresh = ({ freshUntil }: CacheEntry<Value>) => freshUntil === Infinity || now() < freshUntil

  function remove(key: Key): CacheEntry<Value> | undefined {
    const entry = entries.get(key)
    if (!entry) return undefined
    entries.delete(key)
    bytes -= entry.bytes
    return entry
  }

  function evictFirst() {
    const evicted = remove(entries.keys().next().value!)!
    onEvicted?.(evicted.value)
  }

  return {
    get size() {
      return entries.size
    },
    /** Returns a fresh value. It does not count as a use, so the hot path writes nothing. */
    peek(key: Key): Value | undefined {
      const entry = entries.get(key)
      return entry && isFresh(entry) ? entry.value : undefined
    },
    /** Returns a fresh value and makes it the most recently used one. */
    use(key: Key): Value | undefined {
      const entry = entries.get(key)
      if (!entry || !isFresh(entry)) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    /** Returns the value, also when it is outdated. */
    getStale: (key: Key): Value | undefined => entries.get(key)?.value,
    /** `freshUntil`: monotonic milliseconds. */
    set(key: Key, value: Value, freshUntil = Infinity): void {
      remove(key)
      const own = bytesOf?.(value, key) ?? 0
      if (own > bytesMax) return onEvicted?.(value)
      entries.set(key, { value, bytes: own, freshUntil })
      bytes += own
      while (entries.size > entriesMax || bytes > bytesMax) evictFirst()
    },
    /** Returns whether the key had an entry. */
    delete: (key: Key): boolean => remove(key) !== undefined,
    /** Makes all entries outdated. */
    invalidate() {
      for (const entry of entries.values()) entry.freshUntil = -Infinity
    },
    clear() {
      entries.clear()
      bytes = 0
    },
    /** Yields all entries, least recently set or used first. An entry may be deleted meanwhile. */
    *[Symbol.iterator](): Generator<[Key, Value]> {
      for (const [key, { value }] of entries) yield [key, value]
    },
  }
}

export type BoundedCache<Key, Value> = ReturnType<typeof createBoundedCache<Key, Value>>
