import { describe, expect, it } from 'vitest'
import { multipartParts } from './multipart-parts.js'

const body = (text: string) => new TextEncoder().encode(text)

describe('multipartParts', () => {
  it('reads names, file names, types and bytes', () => {
    const text =
      'preamble\r\n--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA dot\r\n' +
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x01\r\n\x02\r\n--b--\r\n'
    const parts = multipartParts('multipart/form-data; boundary=b', body(text))!
    expect(parts.map(({ name, filename, contentType }) => [name, filename, contentType])).toEqual([
      ['title', null, null],
      ['file', 'a.png', 'image/png'],
    ])
    expect([...parts[1]!.bytes]).toEqual([1, 13, 10, 2])
  })

  it.each([
    ['a body cut off in a part', '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\nhalf', 0],
    ['no closing delimiter', '--b\r\nx: y\r\n\r\n1\r\n--b\r\nx: y\r\n\r\n2', 1],
    ['nothing', '', 0],
  ])('survives %s', (_, text, count) => {
    expect(multipartParts('multipart/mixed; boundary="b"', body(text))).toHaveLength(count)
  })

  it('leaves other types alone', () => {
    expect(multipartParts('application/json', body('{}'))).toBeUndefined()
    expect(multipartParts(null, body(''))).toBeUndefined()
  })
})
