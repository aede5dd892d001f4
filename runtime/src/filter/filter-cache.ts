import type { Filter } from '@whook/shared'
import { compileFilter, type CompiledFilter } from './compile-filter.js'

const entriesMax = 1000
/** Characters of all cached filters, as JSON. Their compiled form has a similar size. */
const charsMax = 8 * 1024 * 1024

/** Creates a cache of compiled filters by JSON text. Evicts the least recently used. */
export function createFilterCache() {
  const entries = new Map<string, CompiledFilter>()
  let chars = 0

  return function compiled(json: string): CompiledFilter {
    const known = entries.get(json)
    if (known) entries.delete(json)
    else chars += json.length
    const filter = known ?? compileFilter(JSON.parse(json) as Filter)
    entries.set(json, filter)
    while (entries.size > entriesMax || (chars > charsMax && entries.size > 1)) {
      const oldest = entries.keys().next().value!
      entries.delete(oldest)
      chars -= oldest.length
    }
    return filter
  }
}

/** The cache of this process: the same filter text always compiles to the same test. */
export const compiledFilter = createFilterCache()
