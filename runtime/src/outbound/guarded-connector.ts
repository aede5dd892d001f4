import { isIP, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressPolicy } from './address-policy.js'
import { countTraffic } from './connection-traffic.js'
import type { Address } from './names/system-files.js'
import { addressRefused } from './url-policy.js'

export class AddressRefused extends Error {
  constructor() {
    super(addressRefused)
    this.name = 'AddressRefused'
  }
}

/** Returns the candidate addresses of a host name. Rejects when there are none. */
export type Lookup = (host: string) => Promise<Address[]>

interface ConnectorOptions {
  addresses: AddressPolicy
  connectTimeoutMs: number
  lookup: Lookup
}

/**
 * Connects only to addresses that the policy allows. A literal address is checked directly (undici never looks it up). A
 * name is looked up once per connection, and the connection uses only its allowed addresses. The peer address of the open
 * socket is checked again. Forbidden addresses of a name are skipped: behind NAT64 every name has one.
 */
export function guardedConnector({ addresses, connectTimeoutMs, lookup }: ConnectorOptions) {
  return function connect(options: buildConnector.Options, callback: buildConnector.Callback): void {
    const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80))
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const refuse = (error: Error) => callback(error, null)

    if (isIP(host) && !addresses.isAllowed(host, port)) return refuse(new AddressRefused())
    const base = buildConnector({
      timeout: connectTimeoutMs,
      keepAlive: true,
      lookup: (name: string, hints: { all?: boolean }, done: (...result: never[]) => void) =>
        filtered(name, hints, done as never),
    } as buildConnector.BuildOptions)

    base(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error || !socket) return refuse(error ?? new Error('no connection'))
      const peer = (socket as Socket).remoteAddress
      if (!peer || !addresses.isAllowed(peer, port)) {
        socket.destroy()
        return refuse(new AddressRefused())
      }
      countTraffic(socket as Socket)
      callback(null, socket)
    })

    function filtered(
      name: string,
      { all }: { all?: boolean },
      done: (error: Error | null, address?: string | Address[], family?: number) => void,
    ) {
      lookup(name).then((found) => {
        const allowed = found.filter(({ address }) => addresses.isAllowed(address, port))
        if (allowed.length === 0) done(new AddressRefused())
        else if (all) done(null, allowed)
        else done(null, allowed[0]!.address, allowed[0]!.family)
      }, done)
    }
  }
}
