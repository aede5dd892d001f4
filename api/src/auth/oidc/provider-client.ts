import type { Config } from '@whook/runtime/config'
import { isLoopbackHost } from '@whook/runtime/config'
import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { createGuardedClient, type OutboundCall } from '@whook/runtime/outbound/guarded-client'
import { ownServers } from '@whook/runtime/outbound/own-servers'
import { SignInError } from './sign-in-error.js'

const timeoutMs = 5000
const responseBytesMax = 256 * 1024
/** The private networks (RFC 1918, RFC 4193) that a provider may be in when OIDC_ISSUER names it. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
const google = 'https://accounts.google.com'

type ProviderConfig = Pick<
  Config,
  'oidc' | 'host' | 'port' | 'databaseUrl' | 'redisUrl' | 'allowPrivateCidrs'
>

export interface ProviderAnswer {
  status: number
  /** Undefined when the body is not JSON. */
  json: unknown
}

/**
 * The guarded client for calls to the identity provider: 5 seconds, 256 KiB, no redirects. Google is public. A provider
 * that the operator configured may be in a private network, or on this machine if the issuer's host is loopback.
 */
export function createProviderClient(config: ProviderConfig) {
  const { issuer } = config.oidc
  const addresses = createAddressPolicy({
    mode: isLoopbackHost(new URL(issuer).hostname) ? 'local' : 'server',
    allowPrivateCidrs: issuer === google ? [] : [...privateNetworks, ...config.allowPrivateCidrs],
    denied: ownServers(config),
  })
  const client = createGuardedClient({ addresses, connectionsPerOrigin: 4 })

  /** Returns the response. Throws SignInError `provider-unavailable` when the response is not complete. */
  async function call(
    parts: Pick<OutboundCall, 'method' | 'url' | 'headers' | 'body'>,
  ): Promise<ProviderAnswer> {
    const outcome = await client.send({ ...parts, tenant: 'sign-in', timeoutMs, responseBytesMax })
    const where = new URL(parts.url).origin
    if (outcome.kind === 'failure')
      throw new SignInError('provider-unavailable', `${where}: ${outcome.message}`)
    if (outcome.brokenOff) throw new SignInError('provider-unavailable', `${where}: ${outcome.brokenOff}`)
    if (outcome.bodySize > responseBytesMax)
      throw new SignInError(
        'provider-unavailable',
        `${where}: the response exceeds ${responseBytesMax} bytes`,
      )
    return { status: outcome.statusCode, json: parse(outcome.body) }
  }

  const accept: [string, string] = ['accept', 'application/json']
  return {
    /** Returns the JSON of a 200. Throws SignInError `provider-unavailable` for any other response. */
    async get(url: string): Promise<unknown> {
      const { status, json } = await call({ method: 'GET', url, headers: [accept], body: Buffer.alloc(0) })
      if (status !== 200 || json === undefined)
        throw new SignInError('provider-unavailable', `${url} answered ${status} without usable JSON`)
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
    // Mostly an HTML error page; the caller decides by the status.
    return undefined
  }
}
