import { loadConfig } from '@whook/runtime/config'
import fastify from 'fastify'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createRemoteAddress } from './remote-address.js'

const addressOf = (trusted: string[], peer: string, ...forwardedFor: string[]) =>
  createRemoteAddress(trusted)({
    socket: { remoteAddress: peer } as Socket,
    rawHeaders: ['Host', 'h', ...forwardedFor.flatMap((value) => ['X-Forwarded-For', value])],
  })

describe('createRemoteAddress', () => {
  it.each([
    ['the peer when it is not a trusted proxy', '192.0.2.9', ['198.51.100.1'], '192.0.2.9'],
    ['the peer when the proxy sends no header', '10.0.0.1', [], '10.0.0.1'],
    ['the address from the proxy', '10.0.0.1', ['198.51.100.1'], '198.51.100.1'],
    [
      'the last address that is not a trusted proxy',
      '10.0.0.1',
      ['1.1.1.1, 198.51.100.1, 10.0.0.2'],
      '198.51.100.1',
    ],
    ['the address from the last header', '10.0.0.1', ['1.1.1.1', '198.51.100.1'], '198.51.100.1'],
    ['the address without its port', '10.0.0.1', ['198.51.100.1:40123'], '198.51.100.1'],
    ['an IPv6 address without brackets and port', '10.0.0.1', ['[2001:db8::1]:40123'], '2001:db8::1'],
    ['an IPv6 address', '10.0.0.1', ['2001:db8::1'], '2001:db8::1'],
    ['an IPv4 address without its IPv6 prefix', '::ffff:10.0.0.1', ['::ffff:198.51.100.1'], '198.51.100.1'],
    ['the proxy when the header contains no address', '10.0.0.1', ['unknown'], '10.0.0.1'],
  ])('returns %s', (_, peer, forwardedFor, expected) => {
    expect(addressOf(['10.0.0.0/8'], peer, ...forwardedFor)).toBe(expected)
  })
})

it.each([
  'loopback',
  'linklocal',
  'uniquelocal',
  '127.0.0.1',
  '10.0.0.0/8',
  '::1',
  'fc00::/7',
  '::ffff:10.0.0.1',
])('accepts every proxy that the configuration accepts: %s', (name) => {
  const { trustProxy } = loadConfig({
    DATABASE_URL: 'postgres://x@y/z',
    SECRET_KEY: 'a test key that is long enough, not secret',
    TRUST_PROXY: name,
  })
  expect(() => createRemoteAddress(trustProxy)).not.toThrow()
  expect(() => fastify({ trustProxy })).not.toThrow()
})
