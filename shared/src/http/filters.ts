import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import { closed } from './common.js'

const Scalar = Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean(), Type.Null()])

/**
 * One test of one field, with exactly one operator key besides `field`. `field` is `body.a.b[0].c`, `headers.x-name`,
 * `query.name`, `method`, `path` or `verification` (verified, failed, unconfigured or pending).
 */
export const FilterClause = Type.Object(
  {
    field: Type.String({ minLength: 1, maxLength: 500 }),
    equals: Type.Optional(Scalar),
    in: Type.Optional(Type.Array(Scalar, { minItems: 1, maxItems: 200 })),
    contains: Type.Optional(Scalar),
    exists: Type.Optional(Type.Boolean()),
    gt: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    gte: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    lt: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    lte: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    matches: Type.Optional(Type.String({ maxLength: limits.regexCharsMax, description: 'RE2 syntax' })),
  },
  { additionalProperties: false, minProperties: 2, maxProperties: 2 },
)
export type FilterClause = Static<typeof FilterClause>

export type Filter = FilterClause | { and: Filter[] } | { or: Filter[] } | { not: Filter }

/** The schema checks only the shape. On save, the filter compiler checks nesting, clause count, paths and patterns. */
export const Filter = Type.Unsafe<Filter>({
  type: 'object',
  // Responses contain only the properties of their schema: without this, every filter is returned as {}.
  additionalProperties: true,
  description: 'A clause, or {and: [...]}, {or: [...]}, {not: ...}',
})

export const FilterFailure = Type.Object({
  clause: Type.String({ description: 'The clause that decided the result, as JSON' }),
  path: Type.String({ description: 'The place of the clause in the filter, as a JSON pointer' }),
  found: Type.String({ description: 'The value found in the request, as JSON, shortened' }),
})
export type FilterFailure = Static<typeof FilterFailure>

export const TestFilterBody = Type.Object(
  {
    filter: Filter,
    last: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 200,
        default: 50,
        description: 'Number of newest requests to test',
      }),
    ),
  },
  closed,
)
export type TestFilterBody = Static<typeof TestFilterBody>

export const TestFilterResult = Type.Object({
  tested: Type.Integer(),
  passed: Type.Integer(),
  results: Type.Array(
    Type.Object({
      requestId: Type.String(),
      passed: Type.Boolean(),
      failure: Type.Union([FilterFailure, Type.Null()]),
    }),
  ),
})
export type TestFilterResult = Static<typeof TestFilterResult>
