import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@whook/testing/test-database'
import { ConfigError, loadConfig } from '@whook/runtime/config'
import { describe, expect, it } from 'vitest'
import { checkStartMode } from './start-mode.js'

type Env = Record<string, string>

const needed = {
  DATABASE_URL: 'postgres://localhost/whook',
  SECRET_KEY: 'a test key that is long enough, not secret',
}
const credentials = { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret' }

/** Returns the mode that this environment starts, or the lines of the error. */
function startWith(env: Env): string | string[] {
  try {
    const config = loadConfig({ ...needed, ...env })
    checkStartMode(config)
    return config.mode
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const hosts = [
  '127.0.0.1',
  '127.8.8.8',
  '::1',
  'localhost',
  '0.0.0.0',
  '::',
  '192.168.1.5',
  'hooks.example.com',
]
const urls = [
  undefined,
  'http://localhost:5000',
  'http://127.0.0.1',
  'http://[::1]:5000',
  'http://whook.localhost',
  'http://192.168.1.5:5000',
  'https://hooks.example.com',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
]
const loopback = new Set([...hosts.slice(0, 4), ...urls.slice(0, 5)])
const matrix = hosts.flatMap((host) => urls.map((url) => ({ host, url })))
const envOf = ({ host, url }: (typeof matrix)[number]): Env => ({
  APP_HOST: host,
  ...(url ? { PUBLIC_URL: url } : {}),
})

describe('without credentials', () => {
  it.each(matrix)('starts in local mode only on loopback: $host as $url', ({ host, url }) => {
    const expected = [
      ...(loopback.has(host) ? [] : [`APP_HOST=${host} can be reached from other machines`]),
      ...(loopback.has(url) ? [] : [`PUBLIC_URL=${url} is not this machine`]),
    ]
    const found = startWith(envOf({ host, url }))
    if (expected.length === 0) return expect(found).toBe('local')
    expect(found).toEqual([
      ...expected,
      expect.stringContaining('set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET'),
      expect.stringContaining('set APP_HOST=127.0.0.1 and PUBLIC_URL=http://localhost:5000'),
    ])
  })
})

describe('with credentials', () => {
  it.each(matrix)('starts in server mode on $host as $url', ({ host, url }) => {
    expect(startWith({ ...envOf({ host, url }), ...credentials })).toBe('server')
  })

  it.each(Object.keys(credentials))('refuses %s without the other credential', (name) => {
    expect(startWith({ [name]: 'x' })).toEqual([
      expect.stringContaining('GOOGLE_CLIENT_ID or GOOGLE_CLIENT_SECRET is missing'),
    ])
  })

  it.each<[string, Env, RegExp]>([
    [
      'a provider without TLS',
      { OIDC_ISSUER: 'http://keycloak.example' },
      /OIDC_ISSUER must begin with https/,
    ],
    ['a provider that is not a URL', { OIDC_ISSUER: 'https://' }, /OIDC_ISSUER is not a URL/],
    [
      'a redirect URI on another host',
      { REDIRECT_URI: 'http://evil.example/auth/callback' },
      /host of PUBLIC_URL/,
    ],
    ['a redirect URI outside /auth/', { REDIRECT_URI: 'http://localhost:5000/callback' }, /below \/auth\//],
    [
      'a redirect URI with a query',
      { REDIRECT_URI: 'http://localhost:5000/auth/callback?a=1' },
      /below \/auth\//,
    ],
  ])('refuses %s', (_name, env, message) => {
    expect(startWith({ ...credentials, ...env })).toEqual([expect.stringMatching(message)])
  })

  it('accepts a provider on this machine and another path below /auth/', () => {
    const env = {
      OIDC_ISSUER: 'http://localhost:8080/realms/a',
      REDIRECT_URI: 'http://localhost:5000/auth/google/callback',
    }
    expect(startWith({ ...credentials, ...env })).toBe('server')
  })
})

/** Starts the real process and waits until it listens or exits. */
async function start(env: Env): Promise<{ code: number | null; stderr: string } | { status: number }> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=whook-source', '--import', 'tsx', main], {
    env: { PATH: process.env['PATH'], APP_PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdout!.resume()
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, stderr }))
    child.once('message', () => {
      resolve({ status: 200 })
      child.kill('SIGTERM')
    })
  })
}

describe('the process', { timeout: 60_000 }, () => {
  it('starts on loopback without credentials', async () => {
    await using database = await createTestDatabase()
    expect(await start({ ...needed, DATABASE_URL: database.url })).toEqual({ status: 200 })
  })

  it.each<[string, Env, string[]]>([
    [
      'a reachable bind address without credentials',
      { ...needed, APP_HOST: '0.0.0.0' },
      ['APP_HOST=0.0.0.0', 'GOOGLE_CLIENT_ID'],
    ],
    [
      'credentials without SECRET_KEY',
      { DATABASE_URL: needed.DATABASE_URL, ...credentials },
      ['SECRET_KEY is missing', 'openssl rand -base64 32'],
    ],
    ['a SECRET_KEY that is too short', { ...needed, SECRET_KEY: 'short', ...credentials }, ['SECRET_KEY']],
  ])('exits with 1 and names the setting for %s', async (_name, env, lines) => {
    const ended = await start(env)
    expect(ended).toMatchObject({ code: 1 })
    const { stderr } = ended as { stderr: string }
    for (const line of lines) expect(stderr).toContain(line)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})
