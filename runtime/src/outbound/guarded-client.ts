import { Agent } from 'undici'
import { limits } from '@whook/shared/limits'
import { createBoundedCache } from '../bounded-cache.js'
import type { AddressPolicy } from './address-policy.js'
import { Exchange } from './exchange.js'
import { guardedConnector, type Lookup } from './guarded-connector.js'
import { createNameLookups } from './names/name-lookups.js'
import { createSystemFiles, type SystemFiles } from './names/system-files.js'
import type { OutboundCall, Outcome } from './outbound-call.js'

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

  /** Separate connections and name lookups for each tenant. A dropped tenant finishes its calls in flight. */
  const tenants = createBoundedCache<string, TenantResources>({
    entriesMax: tenantsMax,
    onEvicted: ({ agent }) => void agent.close(),
  })

  function createResources() {
    const names = createNameLookups({ files, servers: nameServers, timeoutMs })
    const connect = guardedConnector({
      addresses,
      lookup: lookup ?? names.lookup,
      connectTimeoutMs: 10_000,
    })
    const connections = { ...connectionOptions, connect }
    return { names, connections, agent: new Agent({ ...connections, connections: connectionsPerOrigin }) }
  }
  type TenantResources = ReturnType<typeof createResources>

  function resourcesOf(tenant: string): TenantResources {
    const known = tenants.use(tenant)
    if (known) return known
    const created = createResources()
    tenants.set(tenant, created)
    return created
  }

  /** The timeout excludes the wait for other lookups of the same tenant: an attempt must not fail because of them. */
  function send(call: OutboundCall): Promise<Outcome> {
    const room = resourcesOf(call.tenant).names.room()
    return room ? room.then(() => exchange(call)) : exchange(call)
  }

  function exchange(call: OutboundCall): Promise<Outcome> {
    const { agent, connections } = resourcesOf(call.tenant)
    return new Promise((resolve) => new Exchange(call, connections, resolve).start(agent))
  }

  return {
    send,
    async close(): Promise<void> {
      const agents = [...tenants].map(([, { agent }]) => agent)
      tenants.clear()
      await Promise.all(agents.map((agent) => agent.destroy()))
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
