import Type, { type Static } from 'typebox'
import { closed, Id, ListQuery, Name, Nullable, OneOf, Page, Timestamp } from './common.js'

export const User = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  picture: Nullable(Type.String()),
  createdAt: Timestamp,
})
export type User = Static<typeof User>

export const Durability = Type.Object({
  accept: OneOf(['queue', 'database']),
  queue: OneOf(['redis', 'postgres']),
  durable: Type.Boolean({
    description: 'False when Redis is in the accept path and could lose acknowledged requests.',
  }),
  detail: Type.String(),
})
export type Durability = Static<typeof Durability>

export const Usage = Type.Object({
  storedBytes: Type.Integer({ description: 'Bytes of stored bodies, plus about 500 bytes for each request' }),
  storedBytesMax: Nullable(Type.Integer({ description: 'Null: no quota' })),
  requestsToday: Type.Integer({ description: 'Requests stored since 00:00 UTC' }),
  requestsPerDayMax: Nullable(Type.Integer({ description: 'Null: no quota' })),
})
export type Usage = Static<typeof Usage>

export const Me = Type.Object({
  user: User,
  mode: OneOf(['local', 'server']),
  durability: Durability,
  csrfToken: Nullable(
    Type.String({ description: 'Null when the call uses an API key: API keys need no CSRF token' }),
  ),
  version: Type.String(),
  publicUrl: Type.String(),
  retentionDays: Type.Integer(),
  bodyLimitBytes: Type.Integer(),
  usage: Usage,
})
export type Me = Static<typeof Me>

/** Public: the options of the sign-in page. */
export const SignInOptions = Type.Object({
  mode: OneOf(['local', 'server']),
  providerName: Nullable(Type.String()),
  signedIn: Type.Boolean({ description: "True when the caller's session is still valid." }),
})
export type SignInOptions = Static<typeof SignInOptions>

/** Why a sign-in with the provider failed: `/login?error=<code>`. */
export type SignInErrorCode =
  | 'denied'
  | 'state-invalid'
  | 'code-refused'
  | 'token-invalid'
  | 'email-unverified'
  | 'not-allowed'
  | 'email-taken'
  | 'provider-unavailable'
  | 'failed'

export const apiKeyScopes = ['read', 'write', 'admin'] as const
export const ApiKeyScope = OneOf(apiKeyScopes)
export type ApiKeyScope = Static<typeof ApiKeyScope>

export const ApiKey = Type.Object({
  id: Id,
  name: Name,
  prefix: Type.String(),
  scopes: Type.Array(ApiKeyScope),
  expiresAt: Nullable(Timestamp),
  lastUsedAt: Nullable(Timestamp),
  createdAt: Timestamp,
})
export type ApiKey = Static<typeof ApiKey>
export const ApiKeyPage = Page(ApiKey)
export const CreatedApiKey = Type.Object({ ...ApiKey.properties, key: Type.String() })
export type CreatedApiKey = Static<typeof CreatedApiKey>
export const CreateApiKeyBody = Type.Object(
  {
    name: Name,
    scopes: Type.Array(ApiKeyScope, { minItems: 1, maxItems: apiKeyScopes.length, uniqueItems: true }),
    expiresAt: Type.Optional(Nullable(Timestamp)),
  },
  closed,
)
export type CreateApiKeyBody = Static<typeof CreateApiKeyBody>
export const ApiKeyParams = Type.Object({ apiKeyId: Id })
export const ListApiKeysQuery = Type.Object({ ...ListQuery }, closed)

export const Session = Type.Object({
  id: Type.String(),
  current: Type.Boolean(),
  device: Type.String(),
  ip: Type.String(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
})
export type Session = Static<typeof Session>
export const SessionPage = Page(Session)
export const SessionParams = Type.Object({ sessionId: Type.String({ maxLength: 100 }) })
export const ListSessionsQuery = Type.Object({ ...ListQuery }, closed)

export const DeleteMeQuery = Type.Object(
  {
    confirm: Type.Unsafe<string>({
      ...Id,
      description: 'The id of your own user, as GET /me returns it. Required to confirm the deletion',
    }),
  },
  closed,
)
export type DeleteMeQuery = Static<typeof DeleteMeQuery>
