import * as contract from '@whook/shared'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const isShape = (value: unknown) =>
  isObject(value) && value['type'] === 'object' && isObject(value['properties'])

/** The shapes of the contract under the names they have there, found by what they look like once written out. */
const names = new Map(
  Object.entries(contract)
    .filter(([, value]) => isShape(value))
    .map(([name, shape]) => [JSON.stringify(shape), name])
    // Of two that look alike the shorter name is the more general one.
    .sort(([, a], [, b]) => b!.length - a!.length) as [string, string][],
)

/**
 * Writes each shape of the contract once, under its name, and refers to it elsewhere: a generated client then has
 * `Webhook` and `Delivery` where it would have numbered types.
 */
export function withComponents<T extends object>(document: T): T & { components: { schemas: Json } } {
  const schemas: Json = {}

  function refer(value: unknown): unknown {
    const name = isObject(value) ? names.get(JSON.stringify(value)) : undefined
    if (!name) return below(value)
    schemas[name] ??= below(value)
    return { $ref: `#/components/schemas/${name}` }
  }
  const below = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(refer)
      : isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]))
        : value

  const written = below(document) as T & { components?: Json }
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...written, components: { ...written.components, schemas: sorted } }
}
