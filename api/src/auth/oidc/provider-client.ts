import type { Config } from '@whook/runtime/config'
import { isLoopbackHost } from '@whook/runtime/config'
import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { createGuardedClient, type OutboundCall } from '@whook/runtime/outbound/guarded-client'
import { ownServers } from '@whook/runtime/outbound/own-servers'
import { SignInError } from './sign-in-error.js'

const timeoutMs = 5000
const responseBytesMax = 256 * 1024
/** Where a provider of one's own may live, once OIDC_ISSUER names it (RFC 1918, RFC 4193). */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
const google = 'https://accounts.google.com'

type ProviderConfig = Pick<
  Config,
  'oidc' | 'host' | 'port' | 'databaseUrl' | 'redisUrl' | 'allowPrivateCidrs'
>

export interface ProviderAnswer {
  status: number
  /** Undefined when it was no JSON. */
  json: unknown
}

/**
 * The guarded client for calls to the identity provider: five seconds, 256 KiB, no redirects. Google is public; a provider
 * that the operator named may be in a private network, and on this machine if that is what the issuer says.
 */
export function createProviderClient(config: ProviderConfig) {
  const { issuer } = config.oidc
  const addresses = createAddressPolicy({
    mode: isLoopbackHost(new URL(issuer).hostname) ? 'local' : 'server',
    allowPrivateCidrs: issuer === google ? [] : [...privateNetworks, ...config.allowPrivateCidrs],
    denied: ownServers(config),
  })
  const client = createGuardedClient({ addresses, connectionsPerOrigin: 4 })

  /** Throws SignInError `provider-unavailable` when there is no complete answer. */
  async function call(
    parts: Pick<OutboundCall, 'method' | 'url' | 'headers' | 'body'>,
  ): Promise<ProviderAnswer> {
    const outcome = await client.send({ ...parts, tenant: 'sign-in', timeoutMs, responseBytesMax })
    const where = new URL(parts.url).origin
    if (outcome.kind === 'failure')
      throw new SignInError('provider-unavailable', `${where}: ${outcome.message}`)
    if (outcome.brokenOff) throw new SignInError('provider-unavailable', `${where}: ${outcome.brokenOff}`)
    if (outcome.bodySize > responseBytesMax)
      throw new SignInError('provider-unavailable', `${where}: the answer is over ${responseBytesMax} bytes`)
    return { status: outcome.statusCode, json: parse(outcome.body) }
  }

  const accept: [string, string] = ['accept', 'application/json']
  return {
    /** The JSON of a 200. */
    async get(url: string): Promise<unknown> {
      const { status, json } = await call({ method: 'GET', url, headers: [accept], body: Buffer.alloc(0) })
      if (status !== 200 || json === undefined)
        throw new SignInError('provider-unavailable', `${url} answered ${status} and no usable JSON`)
      return json
    },
    post(url: string, form: URLSearchParams, headers: [string, string][]): Promise<ProviderAnswer> {
      const contentType: [string, string] = ['content-type', 'application/x-www-form-urlencoded']
      const body = Buffer.from(form.toString())
      return call({ method: 'POST', url, headers: [accept, contentType, ...headers], body })
    },
    close: client.close,
  }
}

export type ProviderClient = ReturnType<typeof createProviderClient>

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    // An error page in HTML, most often: what it means is up to the caller.
    return undefined
  }
}
