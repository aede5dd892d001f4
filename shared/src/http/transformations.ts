import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import { closed, HeaderPairs, Id, integerMax, ListQuery, Nullable, Page, Timestamp } from './common.js'
import { ConsoleLine } from './deliveries.js'

const Script = Type.String({ maxLength: limits.scriptCharsMax })

export const Transformation = Type.Object({
  webhookId: Id,
  /** null when there is none: bodies go out as they came. */
  script: Nullable(Script),
  version: Type.Integer({ description: '0 when none was ever saved' }),
  updatedAt: Nullable(Timestamp),
})
export type Transformation = Static<typeof Transformation>

export const PutTransformationBody = Type.Object({ script: Nullable(Script) }, closed)
export type PutTransformationBody = Static<typeof PutTransformationBody>

export const TransformationVersion = Type.Object({
  version: Type.Integer(),
  script: Nullable(Script),
  createdAt: Timestamp,
})
export type TransformationVersion = Static<typeof TransformationVersion>
export const TransformationVersionPage = Page(TransformationVersion)
export const ListVersionsQuery = Type.Object({ ...ListQuery }, closed)
export type ListVersionsQuery = Static<typeof ListVersionsQuery>
export const VersionParams = Type.Object({
  webhookId: Id,
  version: Type.Integer({ minimum: 1, maximum: integerMax }),
})

export const TestTransformationBody = Type.Object(
  {
    script: Script,
    requestId: Type.Optional(Id),
    body: Type.Optional(
      Type.Unknown({ description: 'Used as the parsed JSON body when there is no requestId' }),
    ),
  },
  closed,
)
export type TestTransformationBody = Static<typeof TestTransformationBody>

export const TestTransformationResult = Type.Object({
  /** What would be sent; null when it failed or was filtered out. */
  output: Nullable(
    Type.Object({
      body: Type.String(),
      bodyChanged: Type.Boolean({ description: 'false: the exact bytes go out as they came' }),
      contentType: Nullable(Type.String({ description: "null keeps the sender's" })),
      headers: HeaderPairs,
      query: Nullable(Type.String({ description: "null keeps the sender's" })),
      method: Nullable(Type.String({ description: "null keeps the sender's" })),
      path: Nullable(
        Type.String({
          description: "Below the destination's URL; null: as the destination's appendPath says",
        }),
      ),
    }),
  ),
  filtered: Type.Boolean(),
  error: Nullable(Type.String()),
  line: Nullable(Type.Integer()),
  column: Nullable(Type.Integer()),
  logs: Type.Array(ConsoleLine),
  durationMs: Type.Number(),
})
export type TestTransformationResult = Static<typeof TestTransformationResult>
