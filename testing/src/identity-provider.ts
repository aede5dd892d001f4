import { OAuth2Server, type MutableResponse, type MutableToken } from 'oauth2-mock-server'

export const clientId = 'whook-test'
const clientSecret = 'a client secret'

/** A person as the provider tells of them. */
export const ann = {
  sub: 'ann-1',
  email: 'ann@example.com',
  email_verified: true,
  name: 'Ann Example',
  picture: 'https://pictures.example/ann.png',
}

/** A real OpenID provider on loopback that signs in at once whoever `person` is. */
export async function startIdentityProvider() {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const provider = {
    server,
    issuer: server.issuer.url!,
    /** What tells Whook to sign people in here. */
    env: {
      OIDC_ISSUER: server.issuer.url!,
      GOOGLE_CLIENT_ID: clientId,
      GOOGLE_CLIENT_SECRET: clientSecret,
    },
    person: ann as Record<string, unknown>,
    /** The next id_token is signed as this leaves it. */
    forge: undefined as ((token: MutableToken) => void) | undefined,
    /** The token endpoint's next answer is what this leaves. */
    answer: undefined as ((response: MutableResponse) => void) | undefined,
    stop: () => server.stop(),
  }
  server.service.on('beforeTokenSigning', (token: MutableToken) => {
    Object.assign(token.payload, provider.person)
    provider.forge?.(token)
  })
  server.service.on('beforeResponse', (response: MutableResponse) => void provider.answer?.(response))
  return provider
}
