import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { describe, expect, inject, it } from 'vitest'
import { connect } from './client.js'

/** A door to PostgreSQL that can be shut. */
async function startDoor(target: URL) {
  const sockets = new Set<Socket>()
  let open = true
  const server = createServer((client) => {
    if (!open) return void client.resetAndDestroy()
    const upstream = dial(Number(target.port || 5432), target.hostname)
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    client.pipe(upstream).pipe(client)
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
    },
    close: () => server.close(),
  }
}

describe('a pool', () => {
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
})
