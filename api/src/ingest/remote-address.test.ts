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

describe('who called', () => {
  it.each([
    ['the peer, whatever it claims, when it is no proxy of ours', '192.0.2.9', ['198.51.100.1'], '192.0.2.9'],
    ['the peer, when its proxy says nothing', '10.0.0.1', [], '10.0.0.1'],
    ['whom the proxy names', '10.0.0.1', ['198.51.100.1'], '198.51.100.1'],
    ['the last that no proxy of ours is', '10.0.0.1', ['1.1.1.1, 198.51.100.1, 10.0.0.2'], '198.51.100.1'],
    [
      'not what stood in a header before the one the proxy added',
      '10.0.0.1',
      ['1.1.1.1', '198.51.100.1'],
      '198.51.100.1',
    ],
    ['the address without its port', '10.0.0.1', ['198.51.100.1:40123'], '198.51.100.1'],
    ['an IPv6 address without brackets and port', '10.0.0.1', ['[2001:db8::1]:40123'], '2001:db8::1'],
    ['an IPv6 address', '10.0.0.1', ['2001:db8::1'], '2001:db8::1'],
    ['an IPv4 address in its own form', '::ffff:10.0.0.1', ['::ffff:198.51.100.1'], '198.51.100.1'],
    ['the proxy, where it names nobody', '10.0.0.1', ['unknown'], '10.0.0.1'],
  ])('is %s', (_, peer, forwardedFor, expected) => {
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
])('reads every proxy that the configuration accepts: %s', (name) => {
  const { trustProxy } = loadConfig({
    DATABASE_URL: 'postgres://x@y/z',
    SECRET_KEY: 'a test key that is long enough, not secret',
    TRUST_PROXY: name,
  })
  expect(() => createRemoteAddress(trustProxy)).not.toThrow()
  expect(() => fastify({ trustProxy })).not.toThrow()
})
