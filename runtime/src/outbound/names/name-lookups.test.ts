import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAddressPolicy } from '../address-policy.js'
import { createGuardedClient } from '../guarded-client.js'
import { createNameServer } from '@whook/testing/outbound/name-server'
import { createRawReceiver, requestBody } from '@whook/testing/outbound/raw-receiver'
import { createNameLookups } from './name-lookups.js'
import { createSystemFiles } from './system-files.js'

let directory: string
let clockMs = 0
const now = () => clockMs
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whook-names-'))
  clockMs = 0
})
afterEach(() => rmSync(directory, { recursive: true }))

function systemFiles(hosts = '', resolv = '') {
  const [hostsPath, resolvPath] = [join(directory, 'hosts'), join(directory, 'resolv.conf')]
  writeFileSync(hostsPath, hosts)
  writeFileSync(resolvPath, resolv)
  return { hostsPath, files: createSystemFiles({ hostsPath, resolvPath, now }) }
}

const lookups = (server: { address: string }, { files } = systemFiles(), timeoutMs = 5000) =>
  createNameLookups({ files, servers: [server.address], timeoutMs, now })
const texts = async (found: Promise<{ address: string }[]>) => (await found).map(({ address }) => address)

describe('createNameLookups', () => {
  it('returns IPv4 addresses before IPv6 ones when a name has both', async () => {
    await using server = await createNameServer({ 'a.example': ['2001:db8:0:0:0:0:0:1', '192.0.2.1'] })
    expect(await texts(lookups(server).lookup('A.example'))).toEqual(['192.0.2.1', '2001:db8::1'])
  })

  it.each([
    ['missing.example', 'ENOTFOUND'],
    ['empty.example', 'ENODATA'],
    ['failing.example', 'ESERVFAIL'],
    ['silent.example', 'ETIMEOUT'],
  ])('rejects %s with %s', async (name, code) => {
    await using server = await createNameServer({
      'empty.example': [],
      'failing.example': 'failing',
      'silent.example': 'silent',
    })
    await expect(lookups(server, systemFiles(), 300).lookup(name)).rejects.toMatchObject({ code })
  })

  it('rejects with ECONNREFUSED when no name server listens', async () => {
    const server = await createNameServer({})
    await server[Symbol.asyncDispose]()
    await expect(lookups(server).lookup('a.example')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('queries again after the TTL, or after 30 seconds at the latest', async () => {
    await using short = await createNameServer({ 'a.example': ['192.0.2.1'] }, 5)
    await using long = await createNameServer({ 'a.example': ['192.0.2.1'] }, 86_400)
    for (const { server, keptMs } of [
      { server: short, keptMs: 5000 },
      { server: long, keptMs: 30_000 },
    ]) {
      clockMs = 0
      const names = lookups(server)
      await names.lookup('a.example')
      clockMs = keptMs - 1
      await names.lookup('a.example')
      expect(server.questions).toHaveLength(2)
      clockMs = keptMs
      await names.lookup('a.example')
      expect(server.questions).toHaveLength(4)
    }
  })

  it('queries once for parallel lookups, and caches a missing name', async () => {
    await using server = await createNameServer({})
    const names = lookups(server)
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => names.lookup('a.example')))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    await expect(names.lookup('a.example')).rejects.toThrow()
    expect(server.questions).toHaveLength(2)
    server.records['a.example'] = ['192.0.2.1']
    clockMs = 2000
    expect(await texts(names.lookup('a.example'))).toEqual(['192.0.2.1'])
  })

  it.each(['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', 'a.b.localhost.'])(
    'returns the loopback addresses for %s without a query (RFC 6761)',
    async (name) => {
      await using server = await createNameServer({})
      expect(await texts(lookups(server).lookup(name))).toEqual(['127.0.0.1', '::1'])
      expect(server.questions).toEqual([])
    },
  )

  it('reads the hosts file first, and again when the file changes', async () => {
    await using server = await createNameServer({ 'shop.test': ['192.0.2.9'] })
    const system = systemFiles(
      '# comment\n2001:db8::5 Shop.test # it\n192.0.2.5\tother shop.test shop\nnonsense x\n',
    )
    const names = lookups(server, system)
    expect(await texts(names.lookup('shop.test'))).toEqual(['192.0.2.5', '2001:db8::5'])
    expect(server.questions).toEqual([])
    writeFileSync(system.hostsPath, '')
    clockMs = 1000
    expect(await texts(names.lookup('shop.test'))).toEqual(['192.0.2.9'])
  })

  it('queries the search domains when the name itself does not exist', async () => {
    await using server = await createNameServer({ 'sink.prod.svc.cluster.local': ['192.0.2.7'] })
    const resolv = 'nameserver 192.0.2.53\nsearch svc.nowhere svc.cluster.local\noptions ndots:5\n'
    expect(await texts(lookups(server, systemFiles('', resolv)).lookup('sink.prod'))).toEqual(['192.0.2.7'])
    const absolute = lookups(server, systemFiles('', resolv)).lookup('sink.prod.')
    await expect(absolute).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('has no room while 64 queries run, and room again when one ends', async () => {
    await using server = await createNameServer({ 'silent.example': 'silent', 'a.example': ['192.0.2.1'] })
    const names = lookups(server, systemFiles(), 200)
    const silent = Array.from({ length: 64 }, (_, n) => names.lookup(`${n}.silent.example`))
    const room = names.room()
    expect(room).toBeInstanceOf(Promise)
    await Promise.allSettled(silent)
    await room
    expect(names.room()).toBeUndefined()
  }, 30_000)
})

describe('createGuardedClient: two users with one name server', () => {
  const policy = createAddressPolicy({ mode: 'local', allowPrivateCidrs: [], denied: [] })
  const call = (tenant: string, url: string, timeoutMs = 20_000) => ({
    tenant,
    method: 'POST',
    url,
    headers: [],
    body: Buffer.from(requestBody),
    timeoutMs,
  })

  it("sends one user's call while 200 lookups of another user hang", async () => {
    await using server = await createNameServer({ 'silent.example': 'silent', 'good.example': ['127.0.0.1'] })
    await using receiver = await createRawReceiver((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const { files } = systemFiles()
    const client = createGuardedClient({ addresses: policy, files, nameServers: [server.address] })
    try {
      const floorAt = performance.now()
      await client.send(call('carol', `http://good.example:${receiver.port}/`))
      const floorMs = performance.now() - floorAt
      let pending = 200
      const hanging = Array.from({ length: pending }, (_, n) =>
        client.send(call('ann', `http://${n}.silent.example/`)).then((outcome) => (pending--, outcome)),
      )
      const startedAt = performance.now()
      const outcome = await client.send(call('bob', `http://good.example:${receiver.port}/`))
      const tookMs = performance.now() - startedAt
      expect(outcome).toMatchObject({ statusCode: 200 })
      expect(pending).toBe(200)
      expect(tookMs).toBeLessThan(Math.max(floorMs * 2, 1000))
      await client.close()
      await Promise.all(hanging)
    } finally {
      await client.close()
    }
  }, 60_000)

  it('starts the timeout of a call when its lookup has room', async () => {
    await using server = await createNameServer({ 'silent.example': 'silent', 'good.example': ['127.0.0.1'] })
    await using receiver = await createRawReceiver((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const { files } = systemFiles()
    const options = { addresses: policy, files, nameServers: [server.address], lookupTimeoutMs: 1000 }
    const client = createGuardedClient(options)
    try {
      const silent = Array.from({ length: 64 }, (_, n) =>
        client.send(call('ann', `http://${n}.silent.example/`)),
      )
      const startedAt = performance.now()
      const good = await client.send(call('ann', `http://good.example:${receiver.port}/`, 900))
      expect(performance.now() - startedAt).toBeGreaterThan(900)
      expect(good).toMatchObject({ statusCode: 200 })
      for (const outcome of await Promise.all(silent))
        expect(outcome).toMatchObject({
          outcome: 'dns',
          message: expect.stringMatching(/not resolved in time/),
        })
    } finally {
      await client.close()
    }
  }, 60_000)
})
