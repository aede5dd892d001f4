import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { limits } from '../limits.js'

export const Id = Type.String({ format: 'uuid' })

/** RFC 3339, UTC, milliseconds. */
export const Timestamp = Type.String({ format: 'date-time' })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** The largest value of a PostgreSQL integer: a larger one is refused here, not by the database. */
export const integerMax = 2 ** 31 - 1

/** A union of string literals, written once as a list. */
export const OneOf = <const T extends readonly string[]>(values: T, options: { description?: string } = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })

export const Name = Type.String({ minLength: 1, maxLength: limits.nameCharsMax })

/** For what is sent to the API: a name that is not listed is refused. A misspelt filter would otherwise mean "all". */
export const closed = { additionalProperties: false } as const

export const ListQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pageMax, default: limits.pageDefault })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
} satisfies TProperties

/** Optional properties, each with the value it has when it is left out: clients and the docs page show it. */
export const withDefaults = <T extends TProperties>(properties: T, defaults: object): T =>
  Object.fromEntries(
    Object.entries({ ...properties }).map(([name, schema]) => [
      name,
      name in defaults
        ? Type.Optional(Type.Unsafe({ ...schema, default: (defaults as Record<string, unknown>)[name] }))
        : schema,
    ]),
  ) as T

export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) })

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** Ordered pairs: order, case and repeats as they came. */
export const HeaderPairs = Type.Array(Type.Tuple([Type.String(), Type.String()]))
export type HeaderPairs = Static<typeof HeaderPairs>

/** Header pairs of a request body. Stored pairs may be more: they came from senders and receivers. */
export const HeaderPairsInput = (countMax: number) =>
  Type.Unsafe<HeaderPairs>({ ...HeaderPairs, maxItems: countMax })

export const Body = Type.Object({
  text: Nullable(
    Type.String({ description: 'Decoded when the bytes are valid UTF-8, else null. Capped for display.' }),
  ),
  base64: Nullable(Type.String({ description: 'Set when `text` is null. Capped for display.' })),
  size: Type.Integer({ description: 'Bytes of the whole body' }),
  isText: Type.Boolean(),
  truncated: Type.Boolean({ description: 'The body is larger than what is shown; fetch the exact bytes' }),
})
export type Body = Static<typeof Body>

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.String(),
        message: Type.String(),
        line: Type.Optional(Type.Integer({ description: 'In a script, from 1' })),
        column: Type.Optional(Type.Integer()),
      }),
    ),
  ),
})
export type Problem = Static<typeof Problem>

/** `pending` until the certificate of its sender is here: see docs/providers.md. */
export const verificationOutcomes = ['verified', 'failed', 'unconfigured', 'pending'] as const
export const VerificationOutcome = OneOf(verificationOutcomes)
export type VerificationOutcome = Static<typeof VerificationOutcome>
