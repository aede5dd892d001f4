import { gzipSync } from 'node:zlib'
import type { Random } from '../kill/random.js'

export interface SoakCall {
  method: 'POST' | 'GET'
  /** Path and query after the webhook URL. */
  target: string
  contentType?: string
  encoding?: string
  body?: Buffer
}

const json = (number: number, pad: number) =>
  Buffer.from(JSON.stringify({ number, type: 'order.created', note: 'x'.repeat(pad) }))
const multipart = (number: number) =>
  Buffer.from(
    `--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n${'y'.repeat(5000)}\r\n` +
      `--b\r\ncontent-disposition: form-data; name="number"\r\n\r\n${number}\r\n--b--\r\n`,
  )
const big = Buffer.from(JSON.stringify({ number: 1, note: 'z'.repeat(2 ** 20 - 100) }))
const type = 'application/json'

/** The kinds of requests, with their number in a thousand. */
const kinds: [number, (number: number) => SoakCall][] = [
  [640, (number) => ({ method: 'POST', target: '', contentType: type, body: json(number, 2000) })],
  [
    120,
    (number) => ({
      method: 'POST',
      target: '/form',
      contentType: 'application/x-www-form-urlencoded',
      body: Buffer.from(`number=${number}&note=${'%20'.repeat(100)}`),
    }),
  ],
  [
    80,
    (number) => ({
      method: 'POST',
      target: '/upload',
      contentType: 'multipart/form-data; boundary=b',
      body: multipart(number),
    }),
  ],
  [
    100,
    (number) => ({
      method: 'POST',
      target: '/packed',
      contentType: type,
      encoding: 'gzip',
      body: gzipSync(json(number, 5000)),
    }),
  ],
  [50, (number) => ({ method: 'GET', target: `/verify?number=${number}` })],
  [10, () => ({ method: 'POST', target: '/big', contentType: type, body: big })],
]
const total = kinds.reduce((sum, [weight]) => sum + weight, 0)

export function anyCall(random: Random): SoakCall {
  let left = random.between(0, total)
  for (const [weight, make] of kinds) {
    left -= weight
    if (left < 0) return make(Math.floor(random.between(0, 100)))
  }
  return kinds[0]![1](0)
}
