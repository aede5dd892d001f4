import type { Filter } from '@whook/shared'

/** Returns the filter in the text; null when the text is empty. Throws an Error to show when the text is not JSON. */
export function parseFilter(text: string): Filter | null {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as Filter
  } catch (problem) {
    throw new Error(`The filter is not JSON: ${(problem as Error).message}`, { cause: problem })
  }
}
