import { limits } from '@whook/shared'
import * as contract from '@whook/shared'
import { examples } from './openapi-examples.js'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const isNamed = (value: unknown) =>
  isObject(value) &&
  ((value['type'] === 'object' && isObject(value['properties'])) || 'enum' in value || isUnion(value))
const isUnion = ({ anyOf }: Json) =>
  Array.isArray(anyOf) && anyOf.every((one) => isObject(one) && one['type'] === 'object')

/** The shapes and enumerations of the contract under their names there, found by how they are written. */
const names = new Map(
  Object.entries(contract)
    .filter(([, value]) => isNamed(value))
    .map(([name, shape]) => [JSON.stringify(shape), name])
    // Of two that are alike the shorter name is the more general one.
    .sort(([, a], [, b]) => b!.length - a!.length) as [string, string][],
)

const filterText = JSON.stringify(contract.Filter)

/** Validation of a filter is the work of its compiler; clients get the whole shape. */
const filterParts: Json = {
  Filter: {
    description: 'One clause, or clauses joined by and, or, not',
    anyOf: ['FilterClause', 'FilterAnd', 'FilterOr', 'FilterNot'].map(ref),
  },
  FilterClause: contract.FilterClause,
  FilterAnd: joined('and', {
    type: 'array',
    minItems: 1,
    maxItems: limits.filterClausesMax,
    items: ref('Filter'),
  }),
  FilterOr: joined('or', {
    type: 'array',
    minItems: 1,
    maxItems: limits.filterClausesMax,
    items: ref('Filter'),
  }),
  FilterNot: joined('not', ref('Filter')),
}

function joined(name: string, schema: Json): Json {
  return { type: 'object', additionalProperties: false, required: [name], properties: { [name]: schema } }
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

/**
 * Writes each shape of the contract once, under its name, and refers to it elsewhere: a generated client then has
 * `Webhook` and `Delivery` where it would have numbered types. Named shapes get their example.
 */
export function withComponents<T extends object>(document: T): T & { components: { schemas: Json } } {
  const schemas: Json = {}

  function refer(value: unknown): unknown {
    if (!isObject(value)) return value
    const text = JSON.stringify(value)
    if (text === filterText) return filter()
    const name = names.get(text)
    if (!name) return below(value)
    schemas[name] ??= named(name, below(value) as Json)
    return ref(name)
  }

  function filter() {
    if (!schemas['Filter']) {
      schemas['Filter'] = named('Filter', filterParts['Filter'] as Json)
      for (const [name, part] of Object.entries(filterParts)) schemas[name] ??= below(part)
    }
    return ref('Filter')
  }

  function below(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(refer)
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(inDialect(value)).map(([key, inner]) => [key, isData(key) ? inner : refer(inner)]),
    )
  }

  const written = below(document) as T & { components?: Json }
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...written, components: { ...written.components, schemas: sorted } }
}

const named = (name: string, schema: Json): Json =>
  name in examples ? { ...schema, examples: [examples[name]] } : schema

/** Values, not schemas: nothing in them is a shape of the contract. */
const isData = (key: string) => key === 'example' || key === 'examples' || key === 'default'

/** The validator of the routes reads tuples of draft 7; OpenAPI 3.1 has those of draft 2020-12. */
function inDialect(schema: Json): Json {
  if (schema['type'] !== 'array' || !Array.isArray(schema['items'])) return schema
  const { items, additionalItems: _closed, ...rest } = schema
  const count = (items as unknown[]).length
  return { ...rest, prefixItems: items, minItems: count, maxItems: count }
}
