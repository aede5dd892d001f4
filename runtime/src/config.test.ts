import { describe, expect, it } from 'vitest'
import type { ConfigError } from './config.js'
import { loadConfig } from './config.js'

const enough = { DATABASE_URL: 'postgres://localhost/whook', SECRET_KEY: 'k'.repeat(32) }

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig({ ...enough, ...env })
    return []
  } catch (error) {
    return (error as ConfigError).problems
  }
}

describe('loadConfig', () => {
  it.each([
    ['APP_PORT', 'abc', 'APP_PORT must be integer'],
    ['APP_PORT', '70000', 'APP_PORT must be <= 65535'],
    [
      'PUBLIC_URL',
      'https://a.example/b',
      'PUBLIC_URL must be scheme, host and port, such as https://hooks.example.com, with no path',
    ],
    [
      'TRUST_PROXY',
      'banana',
      'TRUST_PROXY: banana is not an IP address or a CIDR range (example: 10.0.0.0/8)',
    ],
    [
      'TRUST_PROXY',
      '10.0.0.0/99',
      'TRUST_PROXY: 10.0.0.0/99 is not an IP address or a CIDR range (example: 10.0.0.0/8)',
    ],
    [
      'TRUST_PROXY',
      '0.0.0.0/0',
      'TRUST_PROXY: 0.0.0.0/0 is not an IP address or a CIDR range (example: 10.0.0.0/8)',
    ],
    ['TRUST_PROXY', '127.1', 'TRUST_PROXY: 127.1 is not an IP address or a CIDR range (example: 10.0.0.0/8)'],
    [
      'TRUST_PROXY',
      'fe80::1%eth0',
      'TRUST_PROXY: fe80::1%eth0 is not an IP address or a CIDR range (example: 10.0.0.0/8)',
    ],
    ['DATABASE_URL', 'mysql://localhost/whook', 'DATABASE_URL must begin with postgres://'],
    ['REDIS_URL', 'localhost:6379', 'REDIS_URL must begin with redis:// or rediss://'],
    ['ACCEPT', 'redis', 'ACCEPT must be queue or database'],
    ['WEBHOOK_RETENTION_DAYS', '0', 'WEBHOOK_RETENTION_DAYS must be >= 1'],
    ['BODY_LIMIT_BYTES', '5MB', 'BODY_LIMIT_BYTES must be integer'],
    ['SECRET_KEY', 'short', 'SECRET_KEY must not have fewer than 32 characters'],
    ['OIDC_ISSUER', 'ftp://a.example', 'OIDC_ISSUER must begin with https://, or http:// on this machine'],
    [
      'ALLOW_PRIVATE_CIDRS',
      '10.0.0.0',
      'ALLOW_PRIVATE_CIDRS: 10.0.0.0 is not a CIDR range (example: 10.0.0.0/8)',
    ],
    ['WORKER_METRICS_PORT', '5000', 'WORKER_METRICS_PORT and APP_PORT must differ'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent'],
    ['DEBUG', 'maybe', 'DEBUG must be true or false'],
  ])('returns one sentence for the invalid variable %s=%s', (name, value, message) => {
    expect(problemsOf({ [name]: value })).toEqual([message])
  })

  it('returns all errors together', () => {
    expect(problemsOf({ TRUST_PROXY: 'a', ALLOW_PRIVATE_CIDRS: 'b', GOOGLE_CLIENT_ID: 'c' })).toHaveLength(3)
    expect(problemsOf({ ACCEPT: 'a', LOG_LEVEL: 'b', DB_POOL_SIZE: 'c' })).toHaveLength(3)
  })

  it('accepts a proxy as an address, a network or a named network', () => {
    const { trustProxy } = loadConfig({ ...enough, TRUST_PROXY: '10.0.0.0/8, ::1, loopback' })
    expect(trustProxy).toEqual(['10.0.0.0/8', '::1', '127.0.0.0/8', '::1/128'])
  })
})
