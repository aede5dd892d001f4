import { gzipSync } from 'node:zlib'

export const mebibyte = 1024 * 1024
/** The default limit of a request body, less room for the bytes around the hostile part. */
export const bodyBytes = 5 * mebibyte - 2048

/** Returns `unit` repeated up to `bytes` characters. */
export const filled = (unit: string, bytes: number) => unit.repeat(Math.floor(bytes / unit.length))

/** Returns `unit` repeated up to `bytes` characters, with # replaced by a counter: `{"k0":1,"k1":1}`. */
export const numbered = (unit: string, bytes: number, joint = '', [open = '', close = ''] = '') =>
  open +
  Array.from({ length: Math.floor(bytes / (unit.length + joint.length + 6)) }, (_, n) =>
    unit.replaceAll('#', String(n)),
  ).join(joint) +
  close

export const nested = (open: string, close: string, bytes: number, inner = '') => {
  const depth = Math.floor(bytes / (open.length + close.length))
  return open.repeat(depth) + inner + close.repeat(depth)
}

/** Returns pseudo-random letters, the same in each run. */
export function scattered(letters: string, bytes: number): string {
  let state = 7
  return Array.from({ length: bytes }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return letters[(state >> 16) % letters.length]
  }).join('')
}

type Shape = (bytes: number) => string | Buffer
const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=XyZ'

/** Bodies that are expensive to read: content type and generator by name. */
export const bodyShapes: Record<string, [type: string, shape: Shape]> = {
  'unknown keys': ['application/json', (bytes) => numbered('"k#":1', bytes, ',', '{}')],
  'one repeated key': ['application/json', (bytes) => `{${filled('"a":{"b":1},', bytes)}"a":1}`],
  'keys that are indexes': ['application/json', (bytes) => numbered('"9#":1', bytes, ',', '{}')],
  'long keys': ['application/json', (bytes) => numbered(`"${'k'.repeat(1000)}#":1`, bytes, ',', '{}')],
  'prototype keys': ['application/json', (bytes) => `[${filled('{"__proto__":{}},', bytes)}1]`],
  'arrays in arrays': ['application/json', (bytes) => nested('[', ']', bytes)],
  'arrays in a field': ['application/json', (bytes) => `{"a":${nested('[', ']', bytes)}}`],
  'objects in objects': ['application/json', (bytes) => nested('{"a":', '}', bytes, '1')],
  'objects in a read field': [
    'application/json',
    (bytes) => nested('{"b":', '}', bytes, '1').replace('b', 'a'),
  ],
  'unclosed brackets': ['application/json', (bytes) => filled('[', bytes)],
  'unclosed braces': ['application/json', (bytes) => filled('{"a":', bytes)],
  'small numbers': ['application/json', (bytes) => `[${filled('1,', bytes)}1]`],
  'empty objects': ['application/json', (bytes) => `[${filled('{},', bytes)}1]`],
  'small numbers in a field': ['application/json', (bytes) => `{"a":[${filled('1,', bytes)}1]}`],
  'big integers': ['application/json', (bytes) => `[${filled('12345678901234567,', bytes)}1]`],
  'big integers among small': ['application/json', (bytes) => `[${filled('1,', bytes)}12345678901234567]`],
  'big integers in strings': ['application/json', (bytes) => `[${filled('"12345678901234567",', bytes)}1]`],
  'a long integer': ['application/json', (bytes) => `{"a":${filled('7', bytes)}}`],
  'a long fraction': ['application/json', (bytes) => `{"a":0.${filled('0', bytes)}1}`],
  'a long exponent': ['application/json', (bytes) => `{"a":1e${filled('9', bytes)}}`],
  'minus signs': ['application/json', (bytes) => `[${filled('-', bytes)}`],
  'unterminated quotes': ['application/json', (bytes) => `"${filled('\\"', bytes)}${'1'.repeat(16)}`],
  'a field of unterminated quotes': [
    'application/json',
    (bytes) => `{"a":"${filled('\\"', bytes)}1234567890123456`,
  ],
  'unterminated strings': ['application/json', (bytes) => `${filled('"a', bytes)}1234567890123456`],
  backslashes: ['application/json', (bytes) => `{"a":"${filled('\\\\', bytes)}","b":1234567890123456789}`],
  'escapes in a string': ['application/json', (bytes) => `{"a":"${filled('\\u0061', bytes)}"}`],
  'half surrogates': ['application/json', (bytes) => `{"a":"${filled('\\ud800', bytes)}"}`],
  'white space': ['application/json', (bytes) => `{${filled(' \n', bytes)}"type":"x"}`],
  'unterminated white space': ['application/json', (bytes) => `{${filled(' ', bytes)}`],
  'commas and strings': ['application/json', (bytes) => `{${filled('"a","b":"c",', bytes)}`],
  'an event name at the end': [
    'application/json',
    (bytes) => `{${filled('"data":"x",', bytes)}"type":"late"}`,
  ],
  'byte order marks': ['application/json', (bytes) => filled('\ufeff', bytes / 3)],
  'a form of one name': [form, (bytes) => filled('a&', bytes)],
  'a form of one pair': [form, (bytes) => filled('a=1&', bytes)],
  'a form of many names': [form, (bytes) => numbered('k#=1', bytes, '&')],
  'a form of percent signs': [form, (bytes) => filled('%', bytes)],
  'a form of escapes': [form, (bytes) => `a=${filled('%C3%A9', bytes)}`],
  'a form of half escapes': [form, (bytes) => `a=${filled('%C3', bytes)}`],
  'a form of equals signs': [form, (bytes) => filled('=', bytes)],
  'a form of ampersands': [form, (bytes) => filled('&', bytes)],
  'a form of plus signs': [form, (bytes) => `a=${filled('+', bytes)}`],
  'a form of brackets': [form, (bytes) => `a${filled('[a]', bytes)}=1`],
  'a form with JSON inside': [form, (bytes) => `payload=${encodeURIComponent(filled('[', bytes / 3))}`],
  'many parts': [
    multipart,
    (bytes) => filled('--XyZ\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n', bytes),
  ],
  'unterminated parts': [multipart, (bytes) => filled('--XyZ\r\n', bytes)],
  'a part with a long head': [multipart, (bytes) => `--XyZ\r\n${filled('a: b\r\n', bytes)}`],
  'near boundaries': [multipart, (bytes) => `--XyZ\r\n\r\n${filled('\r\n--Xy', bytes)}\r\n--XyZ--`],
  'invalid UTF-8': ['text/plain', (bytes) => Buffer.alloc(bytes, 0xff)],
  'truncated UTF-8': ['text/plain', (bytes) => Buffer.alloc(bytes, Buffer.from([0xe2, 0x82]))],
  'NUL bytes': ['application/json', (bytes) => Buffer.alloc(bytes)],
  'control characters': ['text/plain', (bytes) => filled('\u0001', bytes)],
  markup: ['application/xml', (bytes) => filled('<a>', bytes)],
  'near-matches': ['text/plain', (bytes) => scattered('ab', bytes)],
  'one letter': ['text/plain', (bytes) => filled('a', bytes)],
  'a compressed flood': ['application/json', (bytes) => gzipSync(Buffer.alloc(40 * bytes, ' '))],
}
