import type { FilterInput } from '@whook/shared/server/filter/filter-input'
import { parseField } from '@whook/shared/server/filter/parse-field'

const charsMax = 200

/**
 * The value that puts a request in its lane, or null when it has none. `key` is a field as filters name them:
 * `body.order.id`, `headers.x-account`, `query.id`.
 */
export function orderingValue(key: string, input: FilterInput): string | null {
  const field = parseField(key)
  const value = 'read' in field ? field.read(input).values[0] : undefined
  if (value === undefined || value === null) return null
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '').slice(0, charsMax)
}
