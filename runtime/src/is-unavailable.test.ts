import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { isUnavailable } from './is-unavailable.js'

let server: Server | undefined
let pool: pg.Pool | undefined
afterEach(async () => {
  await pool?.end().catch(() => {})
  server?.close()
})

async function poolOf(onConnection: (socket: Socket) => void) {
  const made = createServer(onConnection)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const { port } = made.address() as AddressInfo
  pool = new pg.Pool({ host: '127.0.0.1', port, max: 1, connectionTimeoutMillis: 200 })
  pool.on('error', () => {})
  return pool
}

describe('isUnavailable', () => {
  it('returns true for a silent server, and for the wait in its connection pool', async () => {
    const silent = await poolOf(() => {})
    const [first, second] = await Promise.allSettled([silent.connect(), silent.connect()])
    const errors = [first, second].map((one) => (one as PromiseRejectedResult).reason as Error)
    expect(errors.map(isUnavailable), errors.join()).toEqual([true, true])
  })

  it('returns true for a server that closes the connection', async () => {
    const rude = await poolOf((socket) => socket.end())
    const error = await rude.connect().catch((caught: unknown) => caught)
    expect(isUnavailable(error), String(error)).toBe(true)
  })

  it('returns false for an SQL error', () => {
    expect(isUnavailable(new Error('relation "bullmq.job" does not exist'))).toBe(false)
  })
})
