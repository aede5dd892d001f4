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

test('returns the lines of hexdump -C, with a padded last line', () => {
  expect(hexLines(bytes)).toEqual([
    '00000000  7b 22 61 22 3a 22 c3 a9 22 7d 0a 00 7f ff 20 7e  {"a":".."}.... ~',
    '00000010  1f 41                                            .A',
  ])
})

test('returns eight bytes per line when perLine is 8', () => {
  expect(hexLines(bytes, 8)).toEqual([
    '00000000  7b 22 61 22 3a 22 c3 a9  {"a":"..',
    '00000008  22 7d 0a 00 7f ff 20 7e  "}.... ~',
    '00000010  1f 41                    .A',
  ])
})

test('returns an empty list for empty bytes', () => {
  expect(hexLines(new Uint8Array())).toEqual([])
})
