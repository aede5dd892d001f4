import { BigInteger, compactJson, JsonPart, type BodyValue } from '@whook/runtime/content/json-values'
import type { FilterInput } from '@whook/runtime/filter/filter-input'
import { parseField } from '@whook/runtime/filter/parse-field'

const charsMax = 200

/**
 * Returns the value that selects the ordering slot of a request, or null without a value. `key` is a field path as in
 * filters: `body.order.id`, `headers.x-account`, `query.id`. A large body is parsed with pauses for other work.
 */
export async function orderingValue(key: string, input: FilterInput): Promise<string | null> {
  const field = parseField(key)
  if (!('read' in field)) return null
  await input.prepare(field.paths)
  const [value] = field.read(input).values
  if (value === undefined || value === null) return null
  return asText(value).replaceAll('\0', '').slice(0, charsMax)
}

function asText(value: NonNullable<BodyValue>): string {
  if (typeof value === 'string') return value.slice(0, 2 * charsMax)
  if (value instanceof BigInteger) return value.digits
  return value instanceof JsonPart ? compactJson(value, charsMax) : JSON.stringify(value)
}
