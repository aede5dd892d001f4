import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

export interface Address {
  address: string
  family: 4 | 6
}

interface SystemFileOptions {
  hostsPath?: string
  resolvPath?: string
  /** Monotonic milliseconds. */
  now?: () => number
}

const windowsHosts = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
const systemHosts = process.platform === 'win32' ? windowsHosts : '/etc/hosts'
const checkEveryMs = 1000
/** Lists of ad blockers have a few MB. */
const fileBytesMax = 16 * 1024 * 1024
const addressesPerNameMax = 16
/** The former limit of resolv.conf(5). glibc has no limit since 2.26. */
const searchDomainsMax = 6

/** Reads the names of this machine: /etc/hosts, and the search domains of /etc/resolv.conf. */
export function createSystemFiles({
  hostsPath = systemHosts,
  resolvPath = '/etc/resolv.conf',
  now = () => performance.now(),
}: SystemFileOptions = {}) {
  const hosts = watchedFile(hostsPath, now, parseHosts)
  const search = watchedFile(resolvPath, now, parseSearch)
  return {
    /** Returns the addresses of a name, IPv4 first. The name is in lower case without a trailing dot. */
    hosts: (name: string): Address[] | undefined => hosts().get(name),
    searchDomains: (): string[] => search(),
  }
}

export type SystemFiles = ReturnType<typeof createSystemFiles>

/** Reads the file again when its size or modification time changes. Checks at most once a second. */
function watchedFile<T>(path: string, now: () => number, parse: (text: string) => T): () => T {
  let parsed: T = parse('')
  let version = ''
  let checkedAt = -Infinity
  return () => {
    if (now() - checkedAt < checkEveryMs) return parsed
    checkedAt = now()
    const stats = statSync(path, { throwIfNoEntry: false })
    const found = stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : ''
    if (found === version) return parsed
    version = found
    const usable = stats?.isFile() && stats.size <= fileBytesMax
    parsed = parse(usable ? readFileSync(path, 'utf8') : '')
    return parsed
  }
}

function parseHosts(text: string): Map<string, Address[]> {
  const byName = new Map<string, Address[]>()
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const family = isIP(address ?? '')
    if (family === 0) continue
    for (const name of names) {
      const key = name.toLowerCase().replace(/\.$/, '')
      const known = byName.get(key) ?? []
      if (known.length < addressesPerNameMax) known.push({ address: address!, family: family as 4 | 6 })
      byName.set(key, known)
    }
  }
  for (const addresses of byName.values()) addresses.sort((a, b) => a.family - b.family)
  return byName
}

/** Returns the search domains. The last `search` or `domain` line counts (resolv.conf(5)). */
function parseSearch(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const last = lines.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')
  return (last ?? [])
    .slice(1)
    .map((domain) => domain.toLowerCase().replace(/\.$/, ''))
    .filter((domain) => domain !== '')
    .slice(0, searchDomainsMax)
}
