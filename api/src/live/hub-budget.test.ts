import { createByteBudget } from '@whook/runtime/byte-budget'
import { expect, it } from 'vitest'
import { createHub } from './hub.js'

it('sends nothing to slow sockets when their buffers fill the budget', () => {
  const listening = createByteBudget({ bytesMax: 1000, shares: [1] })
  const hub = createHub({ listening, bufferedBytesMax: 400 })
  const sockets = Array.from({ length: 20 }, () => {
    const socket = {
      bufferedAmount: 0,
      sent: [] as string[],
      send(text: string) {
        socket.sent.push(text)
        socket.bufferedAmount += 100
      },
      close: () => {},
    }
    return socket
  })
  const leaves = sockets.map((socket) => hub.join('user', socket))
  for (let n = 0; n < 10; n++) hub.beat()
  const buffered = sockets.reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0)
  // Each socket may have one frame that is not counted yet.
  expect(buffered).toBeLessThanOrEqual(listening.bytesMax + sockets.length * 100)
  expect(listening.used).toBeLessThanOrEqual(500)

  for (const socket of sockets) socket.bufferedAmount = 0
  hub.beat()
  const gaps = sockets.filter(({ sent }) => sent.at(-1) === '{"gap":true}')
  expect(gaps.length).toBeGreaterThan(0)
  for (const leave of leaves) leave()
  expect(listening.used).toBe(0)
})
