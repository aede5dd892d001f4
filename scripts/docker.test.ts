import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { limits } from '../shared/src/limits.js'
import { problems } from '../shared/src/errors.js'
import { Env, loadConfig } from '../runtime/src/config.js'

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const read = (name: string) => readFileSync(path(name), 'utf8')
const dockerfile = read('Dockerfile')
const nginx = read('deploy/nginx.conf')
const { services, volumes, networks } = parse(read('docker-compose.yml'), { merge: true })
const ours = ['api', 'worker', 'migrate'] as const
/** Returns the source file of a built file. */
const sourceOf = (built: string) => built.replace('/dist/', '/').replace(/\.js$/, '.ts')

describe('Dockerfile', () => {
  it('copies only files that exist or that the build makes', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].flatMap(([, names]) =>
      names!.split(' '),
    )
    const made = /^(\/app\/?)(\w+\/dist)?$/
    expect(sources.length).toBeGreaterThan(10)
    expect(sources.filter((name) => !made.test(name) && !existsSync(path(name)))).toEqual([])
  })

  it('copies the manifest of every package, which a frozen install requires', () => {
    const { packages } = parse(read('pnpm-workspace.yaml'))
    for (const name of packages) expect(dockerfile).toContain(`COPY ${name}/package.json ${name}/`)
  })

  it('runs as an unprivileged user with a health check', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '))
    expect(last).toMatch(/^USER 1000:1000$/m)
    expect(last).toMatch(/^HEALTHCHECK /m)
  })

  it('excludes secrets and local builds from the build context', () => {
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.env', '**/node_modules', '**/dist', 'data', '.git']),
    )
  })
})

describe('docker-compose.yml', () => {
  it.each(ours)('starts %s with a program that exists', (name) => {
    const [program, entry] = services[name].command
    expect(program).toBe('node')
    expect(existsSync(path(sourceOf(entry)))).toBe(true)
  })

  it('sets only variables that Whook reads, to valid values', () => {
    const filled = Object.fromEntries(
      Object.entries(services.api.environment as Record<string, unknown>).map(([name, value]) => [
        name,
        String(value)
          .replace(/\$\{PUBLIC_URL:[^}]*\}/, 'https://hooks.example.com')
          .replace(/\$\{[^}]*\}/g, 'x'.repeat(32)),
      ]),
    )
    expect(Object.keys(filled).filter((name) => !(name in Env.properties))).toEqual([])
    expect(loadConfig(filled)).toMatchObject({ accept: 'queue', host: '0.0.0.0' })
  })

  it('keeps accepted requests: volumes, an append-only file, no eviction', () => {
    expect(services.redis.command.join(' ')).toContain(
      '--appendonly yes --appendfsync always --maxmemory-policy noeviction',
    )
    expect(volumes).toEqual({ postgres: { name: 'whook_postgres' }, redis: { name: 'whook_redis' } })
    // Since PostgreSQL 18 the image expects the volume one folder above the data.
    expect(services.postgres.volumes).toEqual(['postgres:/var/lib/postgresql'])
    expect(services.postgres.image).toMatch(/^postgres:18/)
  })

  it('opens one port and gives every long-running service a health check', () => {
    const open = Object.keys(services).filter((name) => services[name].ports)
    expect(open).toEqual(['nginx'])
    const unchecked = Object.keys(services).filter((name) => !services[name].healthcheck?.test)
    expect(unchecked).toEqual(['migrate'])
  })

  it('starts several api and worker processes after the migration', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name].deploy.replicas).toBeGreaterThan(1)
      expect(services[name].depends_on.migrate.condition).toBe('service_completed_successfully')
    }
  })

  it('trusts only the network of its own nginx for the client address', () => {
    expect(networks.default.ipam.config).toEqual([{ subnet: services.api.environment.TRUST_PROXY }])
  })
})

/** The current plugin, and the separate program of Debian 12. They do not accept the same files. */
const clients = ['docker compose', 'docker-compose']
  .map((name) => ({ name, words: name.split(' ') as [string, ...string[]] }))
  .filter(({ words: [program, ...args] }) => spawnSync(program, [...args, 'version']).status === 0)

describe.runIf(clients.length > 0)('docker-compose.yml', () => {
  it.each(clients)('is valid for $name', ({ words: [program, ...args] }) => {
    const folder = mkdtempSync(join(tmpdir(), 'whook-compose-'))
    try {
      copyFileSync(path('docker-compose.yml'), join(folder, 'docker-compose.yml'))
      const variables = [
        'PUBLIC_URL=https://hooks.example.com',
        `SECRET_KEY=${'x'.repeat(32)}`,
        'POSTGRES_PASSWORD=y',
      ]
      writeFileSync(join(folder, '.env'), variables.join('\n'))
      const { status, stdout, stderr } = spawnSync(program, [...args, 'config'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(status, stderr).toBe(0)
      const read = parse(stdout) as { services: Record<string, { environment: Record<string, string> }> }
      expect(Object.keys(read.services).sort()).toEqual(Object.keys(services).sort())
      expect(read.services['api']!.environment['PUBLIC_URL']).toBe('https://hooks.example.com')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('deploy/nginx.conf', () => {
  it('forwards every body and header that the api accepts', () => {
    const [, megabytes] = /client_max_body_size (\d+)m;/.exec(nginx)!
    expect(Number(megabytes) * 2 ** 20).toBeGreaterThan(limits.bodyBytesMax)
    const [, kilobytes] = /large_client_header_buffers 4 (\d+)k;/.exec(nginx)!
    expect(Number(kilobytes) * 1024).toBeGreaterThan(limits.headerBytesMax)
  })

  it('returns the same problems as the api when nginx answers itself', () => {
    const answers = [...nginx.matchAll(/return (\d+) '(\{.*\})';/g)]
    expect(answers.map(([, status]) => Number(status))).toEqual([413, 503])
    for (const [, , text] of answers) {
      const { type, code, title, status } = JSON.parse(text!)
      expect({ title, status }).toEqual(problems[code as keyof typeof problems])
      expect(type).toBe(`/api/problems/${code}`)
    }
  })
})
