import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { firstHeader } from './capture-request.js'

/** Reads who really called: X-Forwarded-For counts only when it comes from a proxy of TRUST_PROXY (addresses or CIDRs). */
export function createRemoteAddress(trustedProxies: readonly string[]) {
  const trusted = new BlockList()
  for (const entry of trustedProxies) {
    const [address, prefix] = entry.split('/') as [string, string?]
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(prefix), family)
  }
  const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

  return function remoteAddress({
    socket,
    rawHeaders,
  }: Pick<IncomingMessage, 'socket' | 'rawHeaders'>): string {
    const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    if (trustedProxies.length === 0 || !isTrusted(peer)) return peer
    const chain = (firstHeader(rawHeaders, 'x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    // From the nearest hop outwards: the first one that is no proxy of ours is the caller.
    return chain.reverse().find((hop) => hop !== '' && !isTrusted(hop)) ?? peer
  }
}
