import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

describe('an api asked to stop', () => {
  it('finishes the call in hand, tells its sender not to come back on this connection, and ends', async () => {
    const test = await listenWithWebhook()
    const path = `/${test.webhook.slug}`
    const socket = connect(test.port, '127.0.0.1')
    await once(socket, 'connect')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.write(`POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nha`)
    // Its head has been read when the server knows of a call that is not idle.
    await expect
      .poll(() => new Promise<number>((done) => test.app.server.getConnections((_, n) => done(n))))
      .toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 100))

    const closed = test.close()
    await expect.poll(() => test.app.server.listening).toBe(false)
    socket.write('lf')
    await once(socket, 'close')
    await closed

    expect(answer).toMatch(/^HTTP\/1\.1 202 /)
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
  })
})
