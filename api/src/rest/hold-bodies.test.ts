import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const url = '/api/v1/requests/00000000-0000-7000-8000-000000000000/replay'

/** Sends the head of a call and the first byte of its body. */
async function begin(name: string, head: string) {
  const socket = connect(test.port, '127.0.0.1')
  await once(socket, 'connect')
  const key = await test.as(name).key()
  socket.write(
    `POST ${url} HTTP/1.1\r\nhost: localhost:5000\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\n${head}\r\n\r\n`,
  )
  return socket
}
const used = () => test.app.budgets.receiving.used

describe('bodies of REST calls', () => {
  it('are counted in the budget of bodies in receipt until the call ends', async () => {
    const declared = await begin('ann', 'content-length: 1000000')
    await expect.poll(used).toBe(1_000_000)
    const chunked = await begin('ann', 'transfer-encoding: chunked')
    await expect.poll(used).toBeGreaterThan(2_000_000)
    declared.destroy()
    chunked.destroy()
    await expect.poll(used).toBe(0)
  })

  it('are refused with 503 when one user holds its share, and accepted from another user', async () => {
    const { bytesMax } = test.app.budgets.receiving
    const held = []
    for (let bytes = 0; bytes < bytesMax; bytes += 5_000_000) {
      held.push(await begin('ann', 'content-length: 5000000'))
    }
    await expect.poll(used).toBeGreaterThan(bytesMax * 0.4)
    expect(used()).toBeLessThan(bytesMax * 0.6)
    const refused = await test.as('ann').post(url, {})
    expect(refused.statusCode).not.toBe(503)
    const large = await test.as('ann').post(url, { edit: { body: { text: 'x'.repeat(5_000_000) } } })
    expect(large.json()).toMatchObject({ status: 503, code: 'overloaded' })
    const other = await test.as('ben').post(url, { edit: { body: { text: 'x'.repeat(4_000_000) } } })
    expect(other.statusCode).toBe(404)
    for (const socket of held) socket.destroy()
    await expect.poll(used).toBe(0)
  })
})
