import { isLoopbackHost } from '@whook/runtime/config'
import { monotonicMs } from '@whook/runtime/clock'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { ProviderClient } from './provider-client.js'
import { SignInError } from './sign-in-error.js'

/** The fields used of OpenID Connect Discovery 1.0 section 3. */
const Metadata = Type.Object({
  issuer: Type.String(),
  authorization_endpoint: Type.String(),
  token_endpoint: Type.String(),
  jwks_uri: Type.String(),
  token_endpoint_auth_methods_supported: Type.Optional(Type.Array(Type.String())),
})
export type ProviderMetadata = Static<typeof Metadata>

const believedMs = 3600_000

interface DiscoveryOptions {
  issuer: string
  client: Pick<ProviderClient, 'get'>
  now?: () => number
}

/**
 * Returns a function that fetches the provider's endpoints. The first sign-in fetches them, so the api starts and
 * accepts webhooks without the provider. They are cached for an hour, and longer while the provider is down.
 */
export function createDiscovery({ issuer, client, now = monotonicMs }: DiscoveryOptions) {
  let known: { metadata: ProviderMetadata; readAt: number } | undefined
  let asking: Promise<ProviderMetadata> | undefined

  async function ask(): Promise<ProviderMetadata> {
    try {
      const metadata = check(await client.get(`${issuer}/.well-known/openid-configuration`), issuer)
      known = { metadata, readAt: now() }
      return metadata
    } catch (error) {
      if (known) return known.metadata
      throw error
    } finally {
      asking = undefined
    }
  }

  return function discover(): Promise<ProviderMetadata> {
    if (known && now() - known.readAt < believedMs) return Promise.resolve(known.metadata)
    return (asking ??= ask())
  }
}

/** Rejects another issuer and plain http endpoints: either would leak the client secret and the codes. */
function check(document: unknown, issuer: string): ProviderMetadata {
  const wrong = (reason: string) =>
    new SignInError('provider-unavailable', `discovery of ${issuer}: ${reason}`)
  if (!Value.Check(Metadata, document)) throw wrong('the document lacks a required field of OpenID Connect')
  if (document.issuer.replace(/\/$/, '') !== issuer)
    throw wrong(`the document names the issuer ${document.issuer}`)
  for (const endpoint of [document.authorization_endpoint, document.token_endpoint, document.jwks_uri]) {
    if (!isSafe(endpoint, issuer)) throw wrong(`${endpoint} is not https`)
  }
  return document
}

function isSafe(endpoint: string, issuer: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname } = new URL(endpoint)
  return (
    protocol === 'https:' || (issuer.startsWith('http:') && protocol === 'http:' && isLoopbackHost(hostname))
  )
}
