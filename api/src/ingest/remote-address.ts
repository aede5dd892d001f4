import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Returns a function that reads the client's address. X-Forwarded-For is used only when a proxy in TRUST_PROXY
 * (addresses or CIDR ranges) sends it.
 */
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
    // From the nearest hop outwards, the first address that is not a trusted proxy is the client.
    const caller = forwardedFor(rawHeaders)
      .reverse()
      .find((hop) => hop !== '' && !isTrusted(hop))
    return caller !== undefined && isIP(caller) ? caller : peer
  }
}

/** Returns the hops of all X-Forwarded-For headers in order: some proxies add a header after the client's own. */
function forwardedFor(rawHeaders: readonly string[]): string[] {
  const hops: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === 'x-forwarded-for') hops.push(...rawHeaders[i + 1]!.split(','))
  }
  return hops.map((hop) => bareAddress(hop.trim()))
}

/** Removes the port that some proxies append: with it each connection would count as another client. */
const bareAddress = (text: string) =>
  text
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
