import { OAuth2Server, type MutableResponse, type MutableToken } from 'oauth2-mock-server'

export const clientId = 'whook-test'
const clientSecret = 'a client secret'

/** The claims of a person in the id_token. */
export const ann = {
  sub: 'ann-1',
  email: 'ann@example.com',
  email_verified: true,
  name: 'Ann Example',
  picture: 'https://pictures.example/ann.png',
}

/** Starts a real OpenID provider on loopback. It signs in `person` without a prompt. */
export async function startIdentityProvider() {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const provider = {
    server,
    issuer: server.issuer.url!,
    /** The environment variables that make Whook use this provider. */
    env: {
      OIDC_ISSUER: server.issuer.url!,
      GOOGLE_CLIENT_ID: clientId,
      GOOGLE_CLIENT_SECRET: clientSecret,
    },
    person: ann as Record<string, unknown>,
    /** Changes the next id_token before it is signed. */
    forge: undefined as ((token: MutableToken) => void) | undefined,
    /** Changes the next response of the token endpoint. */
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
