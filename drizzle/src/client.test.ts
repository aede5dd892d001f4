import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { connect } from './client.js'

/** A door to PostgreSQL that can be shut. */
async function startDoor(target: URL) {
  const sockets = new Set<Socket>()
  const answers = new Set<[upstream: Socket, client: Socket]>()
  let open = true
  const server = createServer((client) => {
    if (!open) return void client.resetAndDestroy()
    const upstream = dial(Number(target.port || 5432), target.hostname)
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    client.pipe(upstream).pipe(client)
    answers.add([upstream, client])
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
      answers.clear()
    },
    /** Lets what is asked through and keeps the answers, so that a cut falls between the two. */
    holdAnswers() {
      for (const [upstream, client] of answers) upstream.unpipe(client)
    },
    close: () => server.close(),
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

describe('a pool', () => {
  it('has no plan compiled, however dear it looks', async () => {
    await using client = connect(inject('postgresUrl'), { poolSize: 1, name: 'test' })
    expect(await client.sql`show jit`).toEqual([{ jit: 'off' }])
  })

  it('gives up a connection on which no answer comes, and asks on another', async () => {
    const door = await startDoor(new URL(inject('postgresUrl')))
    await using client = connect(door.url, { poolSize: 1, name: 'test', statementTimeoutMs: 100 })
    await client.sql`select 1`
    door.holdAnswers()
    await expect(client.sql`select 1`).rejects.toThrow(/said nothing|CONNECTION_CLOSED/)
    await expect
      .poll(() =>
        client.sql`select 2 as n`.then(
          ([row]) => row!['n'] as number,
          () => 0,
        ),
      )
      .toBe(2)
    door.close()
  })

  it('fails what is asked while the database is away, and has all its connections again when it is back', async () => {
    const door = await startDoor(new URL(inject('postgresUrl')))
    await using client = connect(door.url, { poolSize: 3, name: 'test' })
    const many = () => Promise.allSettled(Array.from({ length: 12 }, () => client.sql`select pg_sleep(0.01)`))
    expect((await many()).every(({ status }) => status === 'fulfilled')).toBe(true)

    door.set(false)
    for (let round = 0; round < 4; round++) {
      expect((await many()).every(({ status }) => status === 'rejected')).toBe(true)
    }
    door.set(true)
    await expect
      .poll(async () => (await many()).every(({ status }) => status === 'fulfilled'), { timeout: 10_000 })
      .toBe(true)
    door.close()
  })

  it('rejects a transaction whose connection is cut in the middle, however it was cut', async () => {
    const door = await startDoor(new URL(inject('postgresUrl')))
    await using client = connect(door.url, { poolSize: 1, name: 'test' })
    const cut = client.sql.begin(async (tx) => {
      await tx`select 1`
      door.set(false)
      await tx`select 2`
      await tx`select 3`
    })
    await expect(cut).rejects.toThrow()
    door.set(true)
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
    door.close()
  })

  describe('after the connection of a transaction was cut', () => {
    /** A pool of one connection, so that the next transaction gets the very connection the cut one had. */
    async function startPool() {
      const door = await startDoor(new URL(inject('postgresUrl')))
      const pool = connect(door.url, { poolSize: 1, name: 'test' })
      const table = `cut_${randomBytes(6).toString('hex')}`
      await pool.sql.unsafe(`create table ${table} (name text)`)
      return {
        ...door,
        sql: pool.sql,
        table: pool.sql(table),
        names: () =>
          pool.sql<{ name: string }[]>`select name from ${pool.sql(table)} order by name`.then((rows) =>
            rows.map((row) => row.name),
          ),
        async [Symbol.asyncDispose]() {
          await pool.sql.unsafe(`drop table ${table}`)
          await pool[Symbol.asyncDispose]()
          door.close()
        },
      }
    }
    type Pool = Awaited<ReturnType<typeof startPool>>

    /** Stores `next` in a transaction that waits for `meanwhile` before it commits. */
    const storeNext = (pool: Pool, meanwhile: () => Promise<unknown>) =>
      pool.sql.begin(async (tx) => {
        await tx`insert into ${pool.table} values ('next')`
        await meanwhile()
      })

    it.each(['throws', 'goes on'])(
      'keeps what the next one stored when the cut one %s later',
      async (how) => {
        await using pool = await startPool()
        const cutOff = deferred<undefined>()
        const ended = deferred<unknown>()
        const cut = pool.sql.begin(async (tx) => {
          await tx`insert into ${pool.table} values ('cut')`
          await cutOff.promise
          if (how === 'throws') throw new Error('too late')
          await tx`insert into ${pool.table} values ('late')`.then(ended.resolve, ended.resolve)
        })
        await delay(50)
        pool.set(false)
        await expect(cut).rejects.toThrow('CONNECTION_CLOSED')
        pool.set(true)

        await storeNext(pool, async () => {
          cutOff.resolve(undefined)
          if (how === 'goes on') expect(await ended.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
          await delay(50)
        })
        expect(await pool.names()).toEqual(['next'])
      },
    )

    it('ends a COPY whose end was never confirmed, and keeps what the next one stored', async () => {
      await using pool = await startPool()
      const copied = deferred<unknown>()
      const cut = pool.sql.begin(async (tx) => {
        const stream = await tx`copy ${pool.table} from stdin`.writable()
        pool.holdAnswers()
        await pipeline(Readable.from(['cut\n']), stream).then(copied.resolve, copied.resolve)
        await tx`insert into ${pool.table} values ('late')`
      })
      await delay(100)
      pool.set(false)
      await expect(cut).rejects.toThrow('CONNECTION_CLOSED')
      expect(await copied.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
      pool.set(true)

      await storeNext(pool, () => delay(50))
      expect(await pool.names()).toEqual(['next'])
    })

    it('lets a COPY of the cut one write nothing into the next one', async () => {
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
