import type { Filter } from '@whook/shared'

/** What the filter field says: null when it is empty. Throws in words when it is not JSON. */
export function parseFilter(text: string): Filter | null {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as Filter
  } catch (problem) {
    throw new Error(`The filter is not JSON: ${(problem as Error).message}`, { cause: problem })
  }
}
