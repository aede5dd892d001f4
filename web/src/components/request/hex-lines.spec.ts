import { expect, test } from 'vitest'
import { hexLines } from './hex-lines.js'

const bytes = Uint8Array.from([
  ...new TextEncoder().encode('{"a":"é"}\n'),
  0,
  0x7f,
  0xff,
  0x20,
  0x7e,
  0x1f,
  0x41,
])

test('bytes stand as hexdump -C writes them, the last line filled up', () => {
  expect(hexLines(bytes)).toEqual([
    '00000000  7b 22 61 22 3a 22 c3 a9 22 7d 0a 00 7f ff 20 7e  {"a":".."}.... ~',
    '00000010  1f 41                                            .A',
  ])
})

test('eight in a line where sixteen have no room', () => {
  expect(hexLines(bytes, 8)).toEqual([
    '00000000  7b 22 61 22 3a 22 c3 a9  {"a":"..',
    '00000008  22 7d 0a 00 7f ff 20 7e  "}.... ~',
    '00000010  1f 41                    .A',
  ])
})

test('nothing is no line', () => {
  expect(hexLines(new Uint8Array())).toEqual([])
})
