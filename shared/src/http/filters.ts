import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import { closed } from './common.js'

const Scalar = Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean(), Type.Null()])

/**
 * One test of one value. `field` is `body.a.b[0].c`, `headers.x-name`, `query.name`, `method`, `path` or `verification`
 * (verified, failed, unconfigured or pending).
 * Exactly one operator key beside `field`.
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

/** Shape only; nesting, clause count, paths and patterns are checked by the filter compiler when it is saved. */
export const Filter = Type.Unsafe<Filter>({
  type: 'object',
  // An answer holds only what its schema names: without this every filter was answered as {}.
  additionalProperties: true,
  description: 'A clause, or {and: [...]}, {or: [...]}, {not: ...}',
})

export const FilterFailure = Type.Object({
  clause: Type.String({ description: 'The clause that decided, as JSON' }),
  path: Type.String({ description: 'Where it stands in the filter, as a JSON pointer' }),
  found: Type.String({ description: 'The value found, as JSON, capped' }),
})
export type FilterFailure = Static<typeof FilterFailure>

export const TestFilterBody = Type.Object(
  {
    filter: Filter,
    last: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Newest requests to test' }),
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
