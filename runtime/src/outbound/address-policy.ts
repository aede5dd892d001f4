import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** An address, `here` (every address of this machine) or `anywhere`, with its port. */
export interface OwnServer {
  host: string
  port: number
}

export interface AddressPolicyOptions {
  /** Local mode allows this machine as a destination: `localhost:3000` is its typical use. */
  mode: 'local' | 'server'
  /** Networks (CIDR) that are allowed in addition to the public internet. */
  allowPrivateCidrs: readonly string[]
  /** Whook's own listeners, the database, Redis: always forbidden. */
  denied: readonly OwnServer[]
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Cloud metadata and wire servers, also at public addresses. Only an exact /32 or /128 allows them. */
const metadata = new Set([
  '169.254.169.254',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
])
/** Global unicast (RFC 4291 section 2.4, IANA). The "unicast" range of ipaddr.js is larger. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/** Creates the policy for the address of a connection. It is the last check, after those of the URL and the name. */
export function createAddressPolicy({ mode, allowPrivateCidrs, denied }: AddressPolicyOptions) {
  const allowed = allowPrivateCidrs.map((cidr) => ipaddr.parseCIDR(cidr))

  const isOwn = (address: Address, port: number) =>
    denied.some((own) => own.port === port && isAt(own.host, address))

  return {
    isAllowed(text: string, port: number): boolean {
      if (!ipaddr.isValid(text)) return false
      const address = ipaddr.process(text)
      if (isOwn(address, port)) return false
      const listed = allowed.filter(([network, bits]) => inNetwork(address, network, bits))
      if (metadata.has(address.toString())) {
        return listed.some(([, bits]) => bits === (address.kind() === 'ipv4' ? 32 : 128))
      }
      if (listed.length > 0) return true
      if (address.range() === 'loopback') return mode === 'local'
      return isPublic(address)
    },
  }
}

export type AddressPolicy = ReturnType<typeof createAddressPolicy>

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || inNetwork(address, ...globalUnicast)
}

function inNetwork(address: Address, network: Address, bits: number): boolean {
  if (address.kind() !== network.kind()) return false
  return address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits)
}

function isAt(host: string, address: Address): boolean {
  if (host === 'anywhere') return true
  if (host === 'here') return isThisMachine(address)
  return ipaddr.process(host).toString() === address.toString()
}

/** Interfaces change, so they are read each time. This runs only for Whook's own ports. */
function isThisMachine(address: Address): boolean {
  if (address.range() === 'loopback' || address.range() === 'unspecified') return true
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((own) => ipaddr.process(own.address).toString() === address.toString()),
  )
}
