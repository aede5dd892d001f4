import { timingSafeEqual } from 'node:crypto'
import { clock } from '@whook/runtime/clock'
import { jwtVerify, type JWTVerifyGetKey } from 'jose'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { SignInError } from './sign-in-error.js'

/** Key pairs only: with HS256 the client secret, or the public key used as a secret, could sign tokens. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

const Claims = Type.Object({
  iss: Type.String(),
  sub: Type.String({ minLength: 1, maxLength: 255 }),
  aud: Type.Union([Type.String(), Type.Array(Type.String())]),
  azp: Type.Optional(Type.String()),
  nonce: Type.String(),
  email: Type.Optional(Type.String({ maxLength: 320 })),
  email_verified: Type.Optional(Type.Unknown()),
  /** Google: the Workspace of the account. */
  hd: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  picture: Type.Optional(Type.String()),
})
export type IdClaims = Static<typeof Claims>

interface ExpectedToken {
  keys: JWTVerifyGetKey
  issuer: string
  clientId: string
  nonce: string
}

/**
 * Returns the claims of an id_token after every check of OpenID Connect Core section 3.1.3.7.
 * Throws SignInError; its message names the failed check for the log.
 */
export async function verifyIdToken(idToken: unknown, expected: ExpectedToken): Promise<IdClaims> {
  const { keys, issuer, clientId, nonce } = expected
  if (typeof idToken !== 'string') throw invalid('the provider sent no id_token')
  const claims = await jwtVerify(idToken, keys, {
    algorithms,
    issuer: issuersOf(issuer),
    audience: clientId,
    maxTokenAge: 600,
    clockTolerance: 60,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
  }).then(
    ({ payload }) => payload,
    (error: Error) => {
      throw error instanceof SignInError ? error : invalid(error.message, error)
    },
  )
  if (!Value.Check(Claims, claims)) throw invalid('a claim is missing or of the wrong type')
  const severalAudiences = Array.isArray(claims.aud) && claims.aud.length > 1
  if (claims.azp === undefined ? severalAudiences : claims.azp !== clientId)
    throw invalid('the token was issued to another client (azp)')
  if (!same(claims.nonce, nonce)) throw invalid('the nonce belongs to another browser')
  return claims
}

/** Google also uses its host name without the scheme as issuer. */
const issuersOf = (issuer: string) =>
  issuer === 'https://accounts.google.com' ? [issuer, 'accounts.google.com'] : [issuer]

const invalid = (message: string, cause?: unknown) => new SignInError('token-invalid', message, cause)

const same = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
