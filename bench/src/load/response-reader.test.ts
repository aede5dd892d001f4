import { describe, expect, it } from 'vitest'
import { ResponseReader } from './response-reader.js'

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} X\r\nContent-Type: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('ResponseReader', () => {
  it('returns the same statuses when the bytes are split at any position', () => {
    const bytes = Buffer.from(answer(202, '{"id":"1"}') + answer(503, '') + answer(202, 'x'.repeat(50)))
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new ResponseReader()
      const seen = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))]
      expect(seen).toEqual([202, 503, 202])
    }
  })
})
