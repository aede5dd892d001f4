import type { Filter } from '@whook/shared'
import { createBoundedCache } from '../bounded-cache.js'
import { compileFilter, type CompiledFilter } from './compile-filter.js'

/** The compiled filters of this process by JSON text: the same text always compiles to the same test. */
const filters = createBoundedCache<string, CompiledFilter>({
  entriesMax: 1000,
  // Two bytes a character. The compiled form has a similar size.
  bytesMax: 16 * 1024 * 1024,
  bytesOf: (_filter, json) => 2 * json.length,
})

/** Returns the compiled filter for a JSON text, from the cache if possible. */
export function compiledFilter(json: string): CompiledFilter {
  const known = filters.use(json)
  if (known) return known
  const filter = compileFilter(JSON.parse(json) as Filter)
  filters.set(json, filter)
  return filter
}
