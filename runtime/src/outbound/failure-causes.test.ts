import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer as createTlsServer } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { makeCertificate, type Made } from '@whook/testing/signatures/make-certificate'
import { createAddressPolicy } from './address-policy.js'
import { classifyFailure } from './classify-failure.js'
import { dnsCauses, failureCauses } from './failure-causes.js'
import { createGuardedClient } from './guarded-client.js'
import { NameLookupError } from './names/query-addresses.js'

const addresses = createAddressPolicy({ mode: 'local', allowPrivateCidrs: [], denied: [] })
const lookup = async () => [{ address: '127.0.0.1', family: 4 as const }]
const client = createGuardedClient({ addresses, lookup })
afterAll(client.close)
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const root = makeCertificate({ name: 'Private root', ca: true })
const keyOf = ({ privateKey }: Made) => privateKey.export({ format: 'pem', type: 'pkcs8' })
const tls = (made: Made, chain: Made[] = [], options: object = {}) =>
  listen(
    createTlsServer(
      { key: keyOf(made), cert: [made, ...chain].map(({ pem }) => pem).join(''), ...options },
      (socket) => {
        socket.on('error', () => socket.destroy())
        socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
      },
    ).on('tlsClientError', () => {}),
  )
const call = (url: string) =>
  client.send({ tenant: 'ann', method: 'POST', url, headers: [], body: Buffer.from('hi'), timeoutMs: 5000 })

describe('classifyFailure', () => {
  it.each([
    {
      name: 'a self-signed certificate',
      port: () => tls(makeCertificate({ name: 'a.test' })),
      outcome: 'tls',
      message: /self-signed.*NODE_EXTRA_CA_CERTS/,
    },
    {
      name: 'a private root',
      port: () => tls(makeCertificate({ name: 'a.test', issuer: root }), [root]),
      outcome: 'tls',
      message: /private authority.*NODE_EXTRA_CA_CERTS/,
    },
    {
      name: 'a missing intermediate certificate',
      port: () => tls(makeCertificate({ name: 'a.test', issuer: root })),
      outcome: 'tls',
      message: /intermediate certificates/,
    },
    {
      name: 'an old TLS version',
      port: () =>
        tls(makeCertificate({ name: 'a.test' }), [], {
          maxVersion: 'TLSv1.1',
          minVersion: 'TLSv1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      outcome: 'tls',
      message: /TLS version|TLS handshake/,
    },
    {
      name: 'a port without TLS',
      port: () =>
        listen(createTcpServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 X\r\n\r\n'))),
      outcome: 'tls',
      message: /does not support TLS.*http:\/\//,
    },
    {
      name: 'a handshake that is cut off',
      port: () => listen(createTcpServer((socket) => socket.on('data', () => socket.destroy()))),
      outcome: 'tls',
      message: /during the TLS handshake/,
    },
  ])('returns the cause and the fix for $name', async ({ port, outcome, message }) => {
    const result = await call(`https://a.test:${await port()}/`)
    expect(result).toMatchObject({ kind: 'failure', outcome, message: expect.stringMatching(message) })
  })

  it('returns a refused connection without its address', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    servers.pop()!.close()
    await once(server, 'close')
    const result = await call(`http://a.test:${port}/`)
    expect(result).toMatchObject({
      outcome: 'connect',
      message: expect.stringMatching(/refused: nothing listens/),
    })
    expect(JSON.stringify(result)).not.toContain('127.0.0.1')
  })

  it.each([...failureCauses])('returns a sentence for the code %s', (code, cause) => {
    const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:80'), { code })
    expect(classifyFailure(error)).toEqual(cause)
  })

  it.each([...dnsCauses])('returns a dns outcome for the lookup code %s', (code, { message }) => {
    expect(classifyFailure(new NameLookupError(code))).toEqual({ outcome: 'dns', message })
  })

  it.each([
    [
      'ERR_SSL_SOMETHING_NEW',
      { outcome: 'tls', message: 'The TLS connection failed (ERR_SSL_SOMETHING_NEW)' },
    ],
    ['ENEW', { outcome: 'protocol', message: 'The request failed (ENEW)' }],
  ])('returns the code for the unknown code %s', (code, expected) => {
    expect(classifyFailure(Object.assign(new Error('10.0.0.1'), { code }))).toEqual(expected)
  })
})

describe('NODE_EXTRA_CA_CERTS', () => {
  it('trusts a private root, and still checks expiry and host name', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'whook-root-'))
    try {
      const rootPath = join(directory, 'root.pem')
      writeFileSync(rootPath, root.pem)
      const validTo = new Date('2021-01-01')
      const [good, expired] = [
        await tls(makeCertificate({ name: 'good.test', issuer: root })),
        await tls(makeCertificate({ name: 'expired.test', issuer: root, validTo })),
      ]
      const urls = [
        `https://good.test:${good}/`,
        `https://expired.test:${expired}/`,
        `https://other.test:${good}/`,
      ]
      const script = fileURLToPath(import.meta.resolve('@whook/testing/outbound/call-url'))
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--conditions=whook-source', '--import', 'tsx', script, ...urls],
        {
          env: { ...process.env, NODE_EXTRA_CA_CERTS: rootPath },
          cwd: join(import.meta.dirname, '..', '..', '..'),
        },
      )
      expect(JSON.parse(stdout)).toMatchObject([
        { kind: 'response', statusCode: 200 },
        { outcome: 'tls', message: expect.stringMatching(/expired/) },
        { outcome: 'tls', message: expect.stringMatching(/another host name/) },
      ])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
