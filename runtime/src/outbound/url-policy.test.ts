import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.js'
import { ownServers } from './own-servers.js'
import { allowedUrls, deniedUrls, invalidUrls } from '@whook/testing/outbound/hostile-urls'
import { addressRefused, checkDestinationUrl } from './url-policy.js'

const server = createAddressPolicy({ mode: 'server', allowPrivateCidrs: [], denied: [] })
const check = (raw: string) => checkDestinationUrl(raw, { addresses: server, mode: 'server' })

describe('checkDestinationUrl in server mode', () => {
  it.each([...deniedUrls, ' http://127.0.0.1/ '])(
    'refuses %s with the same text for every address',
    (raw) => {
      expect(check(raw)).toEqual({ ok: false, message: addressRefused })
    },
  )

  it.each([...invalidUrls, 'http://1.1.1.1 &@2.2.2.2# @3.3.3.3/'])('refuses %s', (raw) => {
    expect(check(raw).ok).toBe(false)
  })

  it.each(allowedUrls)('allows %s and shows it as %s', (raw, canonical) => {
    const verdict = check(raw)
    expect(verdict.ok && verdict.url.href).toBe(canonical)
  })

  it('removes a tab from a host name before the check', () => {
    expect(check('http://127.0.0.1\t.example.com/')).toMatchObject({
      ok: true,
      url: { hostname: '127.0.0.1.example.com' },
    })
  })

  it('returns the Unicode form of an international name', () => {
    expect(check('http://аpple.com/')).toMatchObject({ ok: true, displayHost: 'аpple.com' })
  })
})

describe('createAddressPolicy', () => {
  const own = { host: '127.0.0.1', port: 5432 }

  it("allows this machine in local mode, without Whook's servers and metadata", () => {
    const local = createAddressPolicy({
      mode: 'local',
      allowPrivateCidrs: [],
      denied: [own, { host: 'here', port: 5000 }],
    })
    expect(local.isAllowed('127.0.0.1', 3000)).toBe(true)
    expect(local.isAllowed('::1', 3000)).toBe(true)
    expect(local.isAllowed('127.0.0.1', 5432)).toBe(false)
    expect(local.isAllowed('::ffff:127.0.0.1', 5432)).toBe(false)
    expect(local.isAllowed('127.0.0.9', 5000)).toBe(false)
    expect(local.isAllowed('10.0.0.1', 80)).toBe(false)
    expect(local.isAllowed('169.254.169.254', 80)).toBe(false)
  })

  it('allows listed networks without own servers, and metadata only if exact', () => {
    const wide = createAddressPolicy({
      mode: 'server',
      allowPrivateCidrs: ['0.0.0.0/0', '10.0.0.0/8'],
      denied: [{ host: '10.0.0.5', port: 6379 }],
    })
    expect(wide.isAllowed('10.1.2.3', 80)).toBe(true)
    expect(wide.isAllowed('10.0.0.5', 6379)).toBe(false)
    expect(wide.isAllowed('169.254.169.254', 80)).toBe(false)
    const exact = createAddressPolicy({
      mode: 'server',
      allowPrivateCidrs: ['169.254.169.254/32'],
      denied: [],
    })
    expect(exact.isAllowed('169.254.169.254', 80)).toBe(true)
  })

  it('refuses own servers by every address and name', () => {
    const config = {
      port: 5000,
      workerMetricsPort: 9100,
      databaseUrl: 'postgres://u:p@db.internal:6432/whook',
      redisUrl: 'redis://[fd00::5]:7000',
    }
    const wide = createAddressPolicy({
      mode: 'server',
      allowPrivateCidrs: ['0.0.0.0/0', '::/0'],
      denied: ownServers(config),
    })
    const here = Object.values(networkInterfaces()).flatMap((all) => all!.map(({ address }) => address))
    for (const address of ['127.0.0.1', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1', ...here])
      expect([address, wide.isAllowed(address, 5000), wide.isAllowed(address, 9100)]).toEqual([
        address,
        false,
        false,
      ])
    for (const address of ['10.0.0.9', '203.0.113.9']) expect(wide.isAllowed(address, 6432)).toBe(false)
    expect(wide.isAllowed('fd00::5', 7000)).toBe(false)
    expect([wide.isAllowed('10.0.0.9', 5000), wide.isAllowed('fd00::6', 7000)]).toEqual([true, true])
  })
})
