import { Agent } from 'undici'
import { limits } from '@whook/shared/limits'
import type { AddressPolicy } from './address-policy.js'
import { Exchange } from './exchange.js'
import { guardedConnector, type Lookup } from './guarded-connector.js'
import { createNameLookups } from './names/name-lookups.js'
import { createSystemFiles, type SystemFiles } from './names/system-files.js'
import type { OutboundCall, Outcome } from './outbound-call.js'
import { createTenants } from './tenants.js'

export type { OutboundCall, Outcome } from './outbound-call.js'

interface GuardedClientOptions {
  addresses: AddressPolicy
  /** Maximum connections to one origin. Default: one per call; the callers limit their calls. */
  connectionsPerOrigin?: number
  /** Default: the hosts file and name servers of the system. */
  lookup?: Lookup
  files?: SystemFiles
  /** Name servers as `address:port`. Default: those of the system. */
  nameServers?: readonly string[]
  lookupTimeoutMs?: number
}

const tenantsMax = 1000

/**
 * Creates the only outbound HTTP client: undici with keep-alive, without redirects and decompression. It checks the address
 * of every connection, and limits every wait and every response.
 */
export function createGuardedClient(options: GuardedClientOptions) {
  const { addresses, connectionsPerOrigin, lookup, nameServers, lookupTimeoutMs: timeoutMs } = options
  const files = options.files ?? createSystemFiles()

  const tenants = createTenants({
    tenantsMax,
    make() {
      const names = createNameLookups({ files, servers: nameServers, timeoutMs })
      const connect = guardedConnector({
        addresses,
        lookup: lookup ?? names.lookup,
        connectTimeoutMs: 10_000,
      })
      const connections = { ...connectionOptions, connect }
      return { names, connections, agent: new Agent({ ...connections, connections: connectionsPerOrigin }) }
    },
    drop: ({ agent }) => void agent.close(),
  })

  /** The timeout excludes the wait for other lookups of the same tenant: an attempt must not fail because of them. */
  function send(call: OutboundCall): Promise<Outcome> {
    const room = tenants.get(call.tenant).names.room()
    return room ? room.then(() => exchange(call)) : exchange(call)
  }

  function exchange(call: OutboundCall): Promise<Outcome> {
    const { agent, connections } = tenants.get(call.tenant)
    return new Promise((resolve) => new Exchange(call, connections, resolve).start(agent))
  }

  return {
    send,
    async close(): Promise<void> {
      await Promise.all(tenants.clear().map(({ agent }) => agent.destroy()))
    },
  }
}

export type GuardedClient = ReturnType<typeof createGuardedClient>

const connectionOptions = {
  pipelining: 1,
  maxHeaderSize: limits.responseHeaderBytesMax,
  headersTimeout: limits.deliveryTimeoutMsMax,
  bodyTimeout: limits.deliveryTimeoutMsMax,
  keepAliveTimeout: 10_000,
} as const
