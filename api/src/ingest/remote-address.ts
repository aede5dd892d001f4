import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

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
    const peer = bareAddress(socket.remoteAddress ?? '')
    if (trustedProxies.length === 0 || !isTrusted(peer)) return peer
    // From the nearest hop outwards: the first one that is no proxy of ours is the caller.
    const caller = forwardedFor(rawHeaders)
      .reverse()
      .find((hop) => hop !== '' && !isTrusted(hop))
    return caller !== undefined && isIP(caller) ? caller : peer
  }
}

/** All of them in order: some proxies add a header of their own behind the one that the caller wrote. */
function forwardedFor(rawHeaders: readonly string[]): string[] {
  const hops: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === 'x-forwarded-for') hops.push(...rawHeaders[i + 1]!.split(','))
  }
  return hops.map((hop) => bareAddress(hop.trim()))
}

/** Without the port that some proxies write behind it: each connection would count as another caller. */
const bareAddress = (text: string) =>
  text
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
