import { domainToUnicode } from 'node:url'
import ipaddr from 'ipaddr.js'
import type { AddressPolicy } from './address-policy.js'

export type UrlVerdict = { ok: true; url: URL; displayHost: string | null } | { ok: false; message: string }

/** The same text for every refused address, so that it does not reveal the resolved address. */
export const addressRefused = 'destination address is not allowed'

/** The bad ports of the Fetch standard, which undici does not refuse, and ports of dangerous servers without HTTP. */
const badPorts = new Set(
  (
    '0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 ' +
    '135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 ' +
    '995 1719 1720 1723 2049 2375 2376 3659 4045 4190 5060 5061 5432 6000 6379 6566 6665 6666 6667 6668 6669 6679 6697 ' +
    '9200 10080 11211 27017'
  )
    .split(' ')
    .map(Number),
)
const privateNames = /(^|\.)(localhost|local|internal|home\.arpa|localdomain)$/
const hostname = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/

interface UrlPolicyOptions {
  addresses: AddressPolicy
  mode: 'local' | 'server'
}

/**
 * Checks a destination URL before any connection. The URL is parsed once, by the WHATWG rules. Whook stores, shows and
 * uses the canonical form.
 */
export function checkDestinationUrl(raw: string, { addresses, mode }: UrlPolicyOptions): UrlVerdict {
  if (!URL.canParse(raw)) return refuse('is not a URL; write it as https://host/path')
  const url = new URL(raw)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse('must begin with http:// or https://')
  if (url.username || url.password) return refuse('must not contain a user name or password; use a header')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (badPorts.has(port)) return refuse(`must not use port ${port}`)

  // A trailing dot only marks a complete name. TLS and most receivers do not accept a name with it.
  const host = url.hostname.replace(/\.$/, '')
  if (host !== url.hostname) url.hostname = host
  const literal = host.startsWith('[') ? host.slice(1, -1) : host
  if (ipaddr.isValid(literal))
    return addresses.isAllowed(literal, port) ? accept(url) : refuse(addressRefused)
  if (mode === 'local' && (host === 'localhost' || host.endsWith('.localhost'))) {
    return addresses.isAllowed('127.0.0.1', port) ? accept(url) : refuse(addressRefused)
  }
  if (!host.includes('.') || privateNames.test(host)) return refuse(addressRefused)
  if (!hostname.test(host)) return refuse('has an invalid host name')
  return accept(url)
}

const refuse = (message: string): UrlVerdict => ({ ok: false, message })

function accept(url: URL): UrlVerdict {
  const unicode = domainToUnicode(url.hostname)
  return { ok: true, url, displayHost: unicode && unicode !== url.hostname ? unicode : null }
}
