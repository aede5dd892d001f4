import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { createDiscovery } from './discovery.js'
import { createProviderClient } from './provider-client.js'

type ProviderConfig = Parameters<typeof createProviderClient>[0]

/** Caches the provider's endpoints and signing keys. jose fetches the keys again when a token names an unknown key. */
export function createIdentityProvider(config: ProviderConfig) {
  const client = createProviderClient(config)
  const discover = createDiscovery({ issuer: config.oidc.issuer, client })
  let keySet: { uri: string; keys: JWTVerifyGetKey } | undefined

  function keysAt(uri: string): JWTVerifyGetKey {
    if (keySet?.uri !== uri) {
      const get = async (url: string) => Response.json(await client.get(url))
      keySet = { uri, keys: createRemoteJWKSet(new URL(uri), { [customFetch]: get }) }
    }
    return keySet.keys
  }

  return {
    /** Returns the client, the endpoints and the keys. Throws SignInError `provider-unavailable`. */
    async describe() {
      const metadata = await discover()
      return { client, metadata, keys: keysAt(metadata.jwks_uri) }
    },
    close: client.close,
  }
}
