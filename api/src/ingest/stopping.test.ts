import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

describe('api that stops', () => {
  it('answers the current request with Connection: close, and ends', async () => {
    const test = await listenWithWebhook()
    const path = `/${test.webhook.slug}`
    const socket = connect(test.port, '127.0.0.1')
    await once(socket, 'connect')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    const called = once(test.app.server, 'request')
    socket.write(`POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nha`)
    await called

    const closed = test.close()
    await expect.poll(() => test.app.server.listening, { timeout: 20_000 }).toBe(false)
    socket.write('lf')
    await once(socket, 'close')
    await closed

    expect(answer).toMatch(/^HTTP\/1\.1 202 /)
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
  })
})
