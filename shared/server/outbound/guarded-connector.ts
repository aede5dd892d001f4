import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { isIP, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressPolicy } from './address-policy.js'
import { addressRefused } from './url-policy.js'

export class AddressRefused extends Error {
  constructor() {
    super(addressRefused)
    this.name = 'AddressRefused'
  }
}

export type Lookup = (
  host: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

interface Options {
  addresses: AddressPolicy
  connectTimeoutMs: number
  lookup?: Lookup
  lookupTimeoutMs?: number
}

/**
 * Dials only addresses the policy allows. A literal is judged as it is (undici never looks it up); a name is looked up
 * once, the answers are filtered and the connection is pinned to what is left; the peer of the open socket is judged
 * again. Mixed answers are filtered, not refused: behind NAT64 every name has a forbidden one too.
 */
export function guardedConnector({
  addresses,
  connectTimeoutMs,
  lookup = systemLookup as Lookup,
  lookupTimeoutMs = 5000,
}: Options) {
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
      callback(null, socket)
    })

    function filtered(
      name: string,
      { all }: { all?: boolean },
      done: (error: Error | null, address?: string | LookupAddress[], family?: number) => void,
    ) {
      let answered = false
      const answer: typeof done = (...result) => {
        if (answered) return
        answered = true
        clearTimeout(timer)
        done(...result)
      }
      const late = Object.assign(new Error('the name was not resolved in time'), {
        code: 'ETIMEOUT',
        syscall: 'getaddrinfo',
      })
      const timer = setTimeout(() => answer(late), lookupTimeoutMs)
      lookup(name, { all: true }, (error, found) => {
        if (error) return answer(error)
        const allowed = found.filter(({ address }) => addresses.isAllowed(address, port))
        if (allowed.length === 0) return answer(new AddressRefused())
        if (all) answer(null, allowed)
        else answer(null, allowed[0]!.address, allowed[0]!.family)
      })
    }
  }
}
