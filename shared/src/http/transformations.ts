import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import { closed, HeaderPairs, Id, integerMax, ListQuery, Nullable, Page, Timestamp } from './common.js'
import { ConsoleLine } from './deliveries.js'

const Script = Type.String({ maxLength: limits.scriptCharsMax })

export const Transformation = Type.Object({
  webhookId: Id,
  /** null: no script. Deliveries send the original body. */
  script: Nullable(Script),
  version: Type.Integer({ description: '0 when no script was ever saved' }),
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
      Type.Unknown({ description: 'Used as the parsed JSON body when `requestId` is missing' }),
    ),
  },
  closed,
)
export type TestTransformationBody = Static<typeof TestTransformationBody>

export const TestTransformationResult = Type.Object({
  /** The request that Whook would send; null when the script failed or filtered it. */
  output: Nullable(
    Type.Object({
      body: Type.String(),
      bodyChanged: Type.Boolean({ description: 'false: the exact original bytes are sent' }),
      contentType: Nullable(Type.String({ description: 'null: unchanged' })),
      headers: HeaderPairs,
      query: Nullable(Type.String({ description: 'null: unchanged' })),
      method: Nullable(Type.String({ description: 'null: unchanged' })),
      path: Nullable(
        Type.String({
          description: "Path below the destination's URL; null: `appendPath` of the destination decides",
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
