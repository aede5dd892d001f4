import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { limits } from '../limits.js'

export const Id = Type.String({ format: 'uuid' })

/** RFC 3339, UTC, milliseconds. */
export const Timestamp = Type.String({ format: 'date-time' })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** The largest value of a PostgreSQL integer. The API refuses larger values before the database does. */
export const integerMax = 2 ** 31 - 1

/** A union of string literals, written once as a list. */
export const OneOf = <const T extends readonly string[]>(values: T, options: { description?: string } = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })

export const Name = Type.String({ minLength: 1, maxLength: limits.nameCharsMax })

/** For API input: unknown names are refused. Otherwise a misspelt filter would mean "all". */
export const closed = { additionalProperties: false } as const

export const ListQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pageMax, default: limits.pageDefault })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
} satisfies TProperties

/** Makes properties with a default optional and adds the default to the schema, where the API documents show it. */
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

/** Header pairs with the order, case and repeats of the original. */
export const HeaderPairs = Type.Array(Type.Tuple([Type.String(), Type.String()]))
export type HeaderPairs = Static<typeof HeaderPairs>

/** Header pairs in API input, at most `countMax`. Stored pairs from senders and receivers may be more. */
export const HeaderPairsInput = (countMax: number) =>
  Type.Unsafe<HeaderPairs>({ ...HeaderPairs, maxItems: countMax })

export const Body = Type.Object({
  text: Nullable(
    Type.String({
      description: 'The body as text when its bytes are valid UTF-8, else null. Shortened for display.',
    }),
  ),
  base64: Nullable(
    Type.String({ description: 'The body in base64 when `text` is null. Shortened for display.' }),
  ),
  size: Type.Integer({ description: 'Size of the whole body in bytes' }),
  isText: Type.Boolean(),
  truncated: Type.Boolean({
    description: 'True when the body is larger than the part shown. Fetch the exact bytes to get all',
  }),
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
        line: Type.Optional(Type.Integer({ description: 'Line in a script, counted from 1' })),
        column: Type.Optional(Type.Integer()),
      }),
    ),
  ),
})
export type Problem = Static<typeof Problem>

/** `pending` until the certificate of the sender is downloaded: see docs/providers.md. */
export const verificationOutcomes = ['verified', 'failed', 'unconfigured', 'pending'] as const
export const VerificationOutcome = OneOf(verificationOutcomes)
export type VerificationOutcome = Static<typeof VerificationOutcome>
