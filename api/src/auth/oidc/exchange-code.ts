import type { ProviderMetadata } from './discovery.js'
import type { ProviderClient } from './provider-client.js'
import { SignInError } from './sign-in-error.js'

interface TokenRequestOptions {
  client: Pick<ProviderClient, 'post'>
  metadata: ProviderMetadata
  clientId: string
  clientSecret: string
}

/** The form fields of @fastify/oauth2: the code, the redirect URI and the PKCE verifier. */
export type CodeParams = Record<string, string | undefined>

/** Exchanges a code for tokens (RFC 6749 section 4.1.3). Returns the token endpoint's JSON; throws SignInError. */
export async function exchangeCode(
  params: CodeParams,
  { client, metadata, clientId, clientSecret }: TokenRequestOptions,
): Promise<Record<string, unknown>> {
  const form = new URLSearchParams({ grant_type: 'authorization_code' })
  for (const [name, value] of Object.entries(params)) if (value !== undefined) form.set(name, value)

  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const headers: [string, string][] = []
  if (methods.includes('client_secret_basic')) {
    headers.push(['authorization', `Basic ${basicCredentials(clientId, clientSecret)}`])
  } else {
    form.set('client_id', clientId)
    form.set('client_secret', clientSecret)
  }

  const { status, json } = await client.post(metadata.token_endpoint, form, headers)
  const answer = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
  if (status === 200) return answer
  const said = `the token endpoint answered ${status} ${String(answer['error'] ?? '').slice(0, 100)}`
  throw new SignInError(status === 400 ? 'code-refused' : 'provider-unavailable', said)
}

/** Form-encodes id and secret before it joins them: RFC 6749 section 2.3.1. */
function basicCredentials(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
  return Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')
}
