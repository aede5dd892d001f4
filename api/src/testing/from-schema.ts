import fc, { type Arbitrary } from 'fast-check'
import { controlTexts, naughtyTexts } from '@whook/testing/naughty'

export interface Schema {
  $ref?: string
  type?: string
  format?: string
  pattern?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

const texts = [...Object.values(naughtyTexts), ...Object.values(controlTexts)]

/** Values that no schema expects: other types, unusual text, numbers beyond the range of every column. */
export const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...texts, '', ' ', 'x'.repeat(5000), '\u0000', '../..', '2026-13-45T99:99:99Z'),
  fc.constantFrom(null, true, 0, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, -1e308),
  fc.constantFrom([], {}, [[]], [null], { a: { b: [] } }, JSON.parse('{"__proto__":{"x":1}}')),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Returns a generator of valid values. `known` contains existing strings by format or property name. */
export function fromSchema(document: { components: { schemas: object } }, known: Record<string, string[]>) {
  const schemas = document.components.schemas as Record<string, Schema>

  function of(schema: Schema, name = ''): Arbitrary<unknown> {
    // A filter can nest without limit, so only one level of each kind is generated.
    if (schema.$ref?.endsWith('/Filter')) return filter()
    if (schema.$ref) return of(schemas[schema.$ref.split('/').at(-1)!]!, name)
    if ('const' in schema) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => of(one, name)))
    const minimum = schema.minimum ?? (schema.exclusiveMinimum ?? -1e6) + 1
    switch (schema.type) {
      case 'string':
        return text(schema, name)
      case 'integer':
        return fc.integer({ min: Math.ceil(minimum), max: schema.maximum ?? 1e6 })
      case 'number':
        return fc.double({ min: minimum, max: schema.maximum ?? 1e6, noNaN: true })
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return list(schema, name)
      case 'object':
        return object(schema)
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }

  function filter(): Arbitrary<unknown> {
    const clause = fc.constantFrom(
      { field: 'method', equals: 'POST' },
      { field: 'body.a', exists: true },
      { field: 'headers.x-a', in: ['b', 1, null] },
    )
    const list = fc.array(clause, { minLength: 1, maxLength: 3 })
    return fc.oneof(
      clause,
      list.map((and) => ({ and })),
      list.map((or) => ({ or })),
      clause.map((not) => ({ not })),
    )
  }

  function text({ format, pattern, minLength = 0, maxLength = 200 }: Schema, name: string) {
    const values = known[name] ?? known[format ?? '']
    if (values) return fc.constantFrom(...values)
    if (format === 'date-time')
      return fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString())
    if (pattern) return fc.stringMatching(new RegExp(pattern))
    return fc.oneof(
      fc.string({ minLength, maxLength: Math.min(maxLength, 50), unit: 'grapheme' }),
      fc.constantFrom(...texts.map((one) => one.slice(0, maxLength))),
    )
  }

  function list(
    { items = {}, prefixItems, minItems = 0, maxItems = 5 }: Schema,
    name: string,
  ): Arbitrary<unknown> {
    if (prefixItems) return fc.tuple(...prefixItems.map((item) => of(item)))
    return fc.array(of(items, name), {
      minLength: minItems,
      maxLength: Math.min(maxItems, Math.max(3, minItems)),
    })
  }

  function object({ properties = {}, required = [] }: Schema): Arbitrary<unknown> {
    const entries = Object.entries(properties).map(([name, schema]) => [name, of(schema, name)])
    return fc.record(Object.fromEntries(entries) as Record<string, Arbitrary<unknown>>, {
      requiredKeys: required,
      noNullPrototype: true,
    })
  }
  return of
}

/** Returns the value with junk in one place, one extra key or one missing key. */
export const mutated = (value: unknown): Arbitrary<unknown> =>
  fc.tuple(junk, fc.nat(), fc.constantFrom('put', 'put', 'put', 'add', 'drop')).map(([bad, seed, how]) => {
    const copy = structuredClone(value)
    const places: [holder: Record<string, unknown>, key: string][] = []
    const walk = (holder: Record<string, unknown>) => {
      for (const key of Object.keys(holder)) {
        places.push([holder, key])
        if (typeof holder[key] === 'object' && holder[key]) walk(holder[key] as Record<string, unknown>)
      }
    }
    if (typeof copy !== 'object' || copy === null) return bad
    walk(copy as Record<string, unknown>)
    const place = places[seed % (places.length + 1)]
    if (!place) return how === 'put' ? bad : Object.assign(copy, { extra: bad })
    const [holder, key] = place
    if (how === 'drop') Reflect.deleteProperty(holder, key)
    else holder[how === 'add' ? `${key}x` : key] = bad
    return copy
  })
