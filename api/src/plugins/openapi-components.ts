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

/** Names of the contract's shapes and enumerations, by their JSON text. */
const names = new Map(
  Object.entries(contract)
    .filter(([, value]) => isNamed(value))
    .map(([name, shape]) => [JSON.stringify(shape), name])
    // Of two equal shapes the shorter name wins: it is the more general one.
    .sort(([, a], [, b]) => b!.length - a!.length) as [string, string][],
)

const filterText = JSON.stringify(contract.Filter)

/** The filter compiler validates filters; the document describes the whole shape for clients. */
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
 * Moves each shape of the contract into components under its name and replaces its uses by references. A generated
 * client then has types such as `Webhook` instead of numbered ones. Adds the example of each named shape.
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

/** Keys with values instead of schemas; their content is copied unchanged. */
const isData = (key: string) => key === 'example' || key === 'examples' || key === 'default'

/** Rewrites tuples: route schemas use JSON Schema draft 7, OpenAPI 3.1 uses draft 2020-12. */
function inDialect(schema: Json): Json {
  if (schema['type'] !== 'array' || !Array.isArray(schema['items'])) return schema
  const { items, additionalItems: _closed, ...rest } = schema
  const count = (items as unknown[]).length
  return { ...rest, prefixItems: items, minItems: count, maxItems: count }
}
