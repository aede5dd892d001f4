import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createAddressPolicy } from '../outbound/address-policy.js'
import { createGuardedClient } from '../outbound/guarded-client.js'
import { createCertificates } from './certificates.js'
import { certificateAt } from '@whook/testing/signatures/certificate-at'
import { makeCertificate } from '@whook/testing/signatures/make-certificate'

const { pem } = makeCertificate({ name: 'a' })

describe('createCertificates', () => {
  it('fetches once for parallel calls, and caches for a day', async () => {
    let now = 0
    const { send } = certificateAt({ a: pem })
    const certificates = createCertificates({ send, now: () => now })
    const [one, other] = await Promise.all([certificates.get('a'), certificates.get('a')])
    expect(one).toHaveProperty('chain')
    expect(other).toBe(one)
    now = 24 * 3_600_000 - 1
    expect(await certificates.get('a')).toBe(one)
    expect(send).toHaveBeenCalledTimes(1)
    now++
    await certificates.get('a')
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('fetches again after 20 s when a fetch failed', async () => {
    let now = 0
    const { send } = certificateAt({ a: 503 })
    const certificates = createCertificates({ send, now: () => now })
    for (let i = 0; i < 5; i++) expect(await certificates.get('a')).toMatchObject({ passes: true })
    expect(send).toHaveBeenCalledTimes(1)
    now = 20_000
    await certificates.get('a')
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('evicts the least recently used URL over the limit', async () => {
    const { send } = certificateAt({ a: pem, b: pem, c: pem })
    const certificates = createCertificates({ send, entriesMax: 2 })
    const asked = async (url: string) => {
      const before = send.mock.calls.length
      await certificates.get(url)
      return send.mock.calls.length > before
    }
    const fetched: boolean[] = []
    for (const url of ['a', 'b', 'a', 'c', 'a', 'b']) fetched.push(await asked(url))
    expect(fetched).toEqual([true, true, false, true, false, true])
  })
})

describe('createCertificates with the guarded client', () => {
  const servers: Server[] = []
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
    for (const close of closing.splice(0)) await close()
  })

  async function fetched(mode: 'local' | 'server', handler: RequestListener, timeoutMs = 10_000) {
    const server = createServer(handler).listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const addresses = createAddressPolicy({ mode, allowPrivateCidrs: [], denied: [] })
    const client = createGuardedClient({ addresses })
    closing.push(() => client.close())
    const { port } = server.address() as AddressInfo
    return createCertificates({ send: client.send, timeoutMs }).get(`http://127.0.0.1:${port}/a.pem`)
  }

  it('returns a fetched certificate', async () => {
    expect(await fetched('local', (_, response) => response.end(pem))).toHaveProperty('chain.length', 1)
  })

  it('returns a temporary error when the response times out', async () => {
    const result = await fetched('local', () => {}, 200)
    const fault = 'The certificate could not be fetched: No complete response within 200 ms'
    expect(result).toEqual({ fault, passes: true })
  })

  it('returns an error when the certificate is too large', async () => {
    const result = await fetched('local', (_, response) => {
      const block = Buffer.alloc(16 * 1024, 'x')
      const more = () => {
        while (!response.destroyed && response.write(block));
      }
      response.on('drain', more)
      more()
    })
    const fault = 'The certificate could not be fetched: it is larger than 65536 bytes'
    expect(result).toEqual({ fault, passes: false })
  })

  it('follows neither private addresses nor redirects', async () => {
    let calls = 0
    const inside = await fetched('server', (_, response) => {
      calls++
      response.end(pem)
    })
    expect(inside).toEqual({
      fault: 'The certificate could not be fetched: destination address is not allowed',
      passes: false,
    })
    expect(calls).toBe(0)
    const moved = await fetched('local', (request, response) => {
      if (request.url === '/a.pem') response.writeHead(302, { location: '/b.pem' }).end()
      else response.end(pem)
    })
    expect(moved).toMatchObject({ fault: 'The certificate could not be fetched: HTTP 302' })
  })
})
