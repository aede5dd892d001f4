import oauth2, { type OAuth2Namespace } from '@fastify/oauth2'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cookieNames } from '../cookie-names.js'
import { exchangeCode, type CodeParams } from './exchange-code.js'
import type { createIdentityProvider } from './identity-provider.js'
import { SignInError } from './sign-in-error.js'

const attemptSeconds = 600

/**
 * The authorization code flow of @fastify/oauth2, with state and PKCE and two changes. The endpoints are read on demand
 * instead of at start. The code is exchanged through the guarded client instead of the library's HTTP client.
 */
export async function createAuthorizationCodeFlow(
  app: FastifyInstance,
  provider: ReturnType<typeof createIdentityProvider>,
) {
  const { oidc, secureCookies } = app.config
  const cookies = cookieNames(app.config)
  await app.register(oauth2, {
    name: 'oidc',
    scope: ['openid', 'email', 'profile'],
    credentials: {
      client: { id: oidc.clientId, secret: oidc.clientSecret },
      auth: { tokenHost: oidc.issuer },
    },
    callbackUri: oidc.redirectUri,
    pkce: 'S256',
    cookie: { path: '/auth', httpOnly: true, sameSite: 'lax', secure: secureCookies, maxAge: attemptSeconds },
    redirectStateCookieName: cookies.state,
    verifierCookieName: cookies.verifier,
  })
  const plugin = app.oauth2Oidc as OAuth2Namespace & { oauth2: { getToken: (params: CodeParams) => unknown } }
  plugin.oauth2.getToken = async (params) => {
    if (!params['code']) throw new SignInError('failed', 'the provider sent no code')
    if (!params['code_verifier']) throw new SignInError('state-invalid', 'the PKCE verifier is missing')
    return exchangeCode(params, { ...(await provider.describe()), ...oidc })
  }

  return {
    /** Returns the provider's URL and sets the cookies of this sign-in. Throws SignInError if the provider is down. */
    async authorizationUrl(request: FastifyRequest, reply: FastifyReply, nonce: string): Promise<string> {
      const { metadata } = await provider.describe()
      const built = new URL(await plugin.generateAuthorizationUri(request, reply))
      const url = new URL(metadata.authorization_endpoint)
      for (const [name, value] of built.searchParams) url.searchParams.set(name, value)
      url.searchParams.set('nonce', nonce)
      return url.href
    },

    /** Returns the tokens. Clears the cookies and compares the state before any other parameter. Throws SignInError. */
    async exchange(request: FastifyRequest, reply: FastifyReply): Promise<Record<string, unknown>> {
      const query = request.query as Record<string, unknown>
      const refusal = query['error']
      if (refusal !== undefined || typeof query['code'] !== 'string') delete query['code']
      try {
        const answer: object = await plugin.getAccessTokenFromAuthorizationCodeFlow(request, reply)
        return answer as Record<string, unknown>
      } catch (error) {
        if (!(error instanceof SignInError))
          throw new SignInError('state-invalid', (error as Error).message, error)
        if (refusal !== undefined && error.code === 'failed') throw refusedByProvider(refusal)
        throw error
      }
    },
  }
}

/** RFC 6749 section 4.1.2.1. */
function refusedByProvider(error: unknown): SignInError {
  const message = `the provider answered ${String(error).slice(0, 100)}`
  if (error === 'access_denied') return new SignInError('denied', message)
  if (error === 'server_error' || error === 'temporarily_unavailable')
    return new SignInError('provider-unavailable', message)
  return new SignInError('failed', message)
}
