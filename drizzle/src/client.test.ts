import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { connect } from './client.js'

/** A proxy to PostgreSQL whose connections can be cut. */
async function startProxy(target: URL) {
  const sockets = new Set<Socket>()
  const responses = new Set<[upstream: Socket, client: Socket]>()
  let open = true
  const server = createServer((client) => {
    if (!open) return void client.resetAndDestroy()
    const upstream = dial(Number(target.port || 5432), target.hostname)
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    client.pipe(upstream).pipe(client)
    responses.add([upstream, client])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    set(next: boolean) {
      open = next
      for (const socket of sockets) socket.resetAndDestroy()
      sockets.clear()
      responses.clear()
    },
    /** Forwards queries but no responses, so that a later cut falls between the two. */
    holdResponses() {
      for (const [upstream, client] of responses) upstream.unpipe(client)
    },
    close: () => server.close(),
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

describe('connect', () => {
  it('disables JIT compilation', async () => {
    await using client = connect(inject('postgresUrl'), { poolSize: 1, name: 'test' })
    expect(await client.sql`show jit`).toEqual([{ jit: 'off' }])
  })

  it('replaces a connection when it receives no response', async () => {
    const proxy = await startProxy(new URL(inject('postgresUrl')))
    await using client = connect(proxy.url, { poolSize: 1, name: 'test', statementTimeoutMs: 100 })
    await client.sql`select 1`
    proxy.holdResponses()
    await expect(client.sql`select 1`).rejects.toThrow(/sent nothing|CONNECTION_CLOSED/)
    await expect
      .poll(() =>
        client.sql`select 2 as n`.then(
          ([row]) => row!['n'] as number,
          () => 0,
        ),
      )
      .toBe(2)
    proxy.close()
  })

  it('rejects queries during an outage, and reopens all connections after it', async () => {
    const proxy = await startProxy(new URL(inject('postgresUrl')))
    await using client = connect(proxy.url, { poolSize: 3, name: 'test' })
    const many = () => Promise.allSettled(Array.from({ length: 12 }, () => client.sql`select pg_sleep(0.01)`))
    expect((await many()).every(({ status }) => status === 'fulfilled')).toBe(true)

    proxy.set(false)
    for (let round = 0; round < 4; round++) {
      expect((await many()).every(({ status }) => status === 'rejected')).toBe(true)
    }
    proxy.set(true)
    await expect
      .poll(async () => (await many()).every(({ status }) => status === 'fulfilled'), { timeout: 10_000 })
      .toBe(true)
    proxy.close()
  })

  it('rejects a transaction when its connection is cut', async () => {
    const proxy = await startProxy(new URL(inject('postgresUrl')))
    await using client = connect(proxy.url, { poolSize: 1, name: 'test' })
    const cut = client.sql.begin(async (tx) => {
      await tx`select 1`
      proxy.set(false)
      await tx`select 2`
      await tx`select 3`
    })
    await expect(cut).rejects.toThrow()
    proxy.set(true)
    await expect
      .poll(
        () =>
          client.sql`select 1 as one`.then(
            ([row]) => row!['one'],
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(1)
    proxy.close()
  })

  describe('transaction after a cut connection', () => {
    /** A pool of one connection, so that the next transaction uses the connection of the cut one. */
    async function startPool() {
      const proxy = await startProxy(new URL(inject('postgresUrl')))
      const pool = connect(proxy.url, { poolSize: 1, name: 'test' })
      const table = `cut_${randomBytes(6).toString('hex')}`
      await pool.sql.unsafe(`create table ${table} (name text)`)
      return {
        ...proxy,
        sql: pool.sql,
        table: pool.sql(table),
        names: () =>
          pool.sql<{ name: string }[]>`select name from ${pool.sql(table)} order by name`.then((rows) =>
            rows.map((row) => row.name),
          ),
        async [Symbol.asyncDispose]() {
          await pool.sql.unsafe(`drop table ${table}`)
          await pool[Symbol.asyncDispose]()
          proxy.close()
        },
      }
    }
    type Pool = Awaited<ReturnType<typeof startPool>>

    /** Stores `next` in a transaction that runs `meanwhile` before it commits. */
    const storeNext = (pool: Pool, meanwhile: () => Promise<unknown>) =>
      pool.sql.begin(async (tx) => {
        await tx`insert into ${pool.table} values ('next')`
        await meanwhile()
      })

    it.each(['throws', 'continues'])(
      'keeps the rows of the next transaction when the cut one %s later',
      async (how) => {
        await using pool = await startPool()
        const cutOff = deferred<undefined>()
        const ended = deferred<unknown>()
        const inserted = deferred<undefined>()
        const cut = pool.sql.begin(async (tx) => {
          await tx`insert into ${pool.table} values ('cut')`
          inserted.resolve(undefined)
          await cutOff.promise
          if (how === 'throws') throw new Error('too late')
          await tx`insert into ${pool.table} values ('late')`.then(ended.resolve, ended.resolve)
        })
        await inserted.promise
        pool.set(false)
        await expect(cut).rejects.toThrow('CONNECTION_CLOSED')
        pool.set(true)

        await storeNext(pool, async () => {
          cutOff.resolve(undefined)
          if (how === 'continues') expect(await ended.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
          await delay(50)
        })
        expect(await pool.names()).toEqual(['next'])
      },
    )

    it('ends an unconfirmed COPY, and keeps the rows of the next transaction', async () => {
      await using pool = await startPool()
      const copied = deferred<unknown>()
      const copying = deferred<undefined>()
      const cut = pool.sql.begin(async (tx) => {
        const stream = await tx`copy ${pool.table} from stdin`.writable()
        pool.holdResponses()
        copying.resolve(undefined)
        await pipeline(Readable.from(['cut\n']), stream).then(copied.resolve, copied.resolve)
        await tx`insert into ${pool.table} values ('late')`
      })
      await copying.promise
      await delay(100)
      pool.set(false)
      await expect(cut).rejects.toThrow('CONNECTION_CLOSED')
      expect(await copied.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
      pool.set(true)

      await storeNext(pool, () => delay(50))
      expect(await pool.names()).toEqual(['next'])
    })

    it('discards rows of the cut COPY when the next transaction copies', async () => {
      await using pool = await startPool()
      const begun = deferred<Writable>()
      const cut = pool.sql.begin(async (tx) => {
        const stream = await tx`copy ${pool.table} from stdin`.writable()
        begun.resolve(stream.on('error', () => {}))
        await new Promise((resolve) => stream.once('close', resolve))
        throw new Error('cut')
      })
      const stale = await begun.promise
      pool.set(false)
      await expect(cut).rejects.toThrow()
      pool.set(true)

      await pool.sql.begin(async (tx) => {
        const stream = await tx`copy ${pool.table} from stdin`.writable()
        stale.write('late\n')
        stale.end()
        await delay(50)
        await pipeline(Readable.from(['next\n']), stream)
      })
      expect(await pool.names()).toEqual(['next'])
    })
  })
})
