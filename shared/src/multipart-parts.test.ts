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
    ['an empty body', '', 0],
  ])('returns complete parts of %s', (_, text, count) => {
    expect(multipartParts('multipart/mixed; boundary="b"', body(text))).toHaveLength(count)
  })

  it.each([
    ['a name without quotes', 'form-data; name=title', ['title', null]],
    ['names without quotes or spaces', 'form-data;name=file;filename=a.png', ['file', 'a.png']],
    ['spaces around the equals sign', 'form-data; name = title', ['title', null]],
    ['a name inside the quotes of another', 'form-data; filename="x; name=y"; name="z"', ['z', 'x; name=y']],
    ['the first of repeated names', 'form-data; name="a"; NAME=b', ['a', null]],
    ['an empty name', 'form-data; name=""', ['', null]],
    ['a name in UTF-8', 'form-data; name="größe"', ['größe', null]],
    ['no name', 'form-data', [null, null]],
  ])('reads %s', (_, disposition, expected) => {
    const text = `--b\r\ncontent-disposition: ${disposition}\r\n\r\n1\r\n--b--`
    const [part] = multipartParts('multipart/form-data; boundary=b', body(text))!
    expect([part!.name, part!.filename]).toEqual(expected)
  })

  it('reads a name in Latin-1', () => {
    const text = '--b\r\ncontent-disposition: form-data; name="größe"\r\n\r\n1\r\n--b--'
    const [part] = multipartParts('multipart/form-data; boundary=b', Buffer.from(text, 'latin1'))!
    expect(part!.name).toBe('größe')
  })

  it('returns undefined for other content types', () => {
    expect(multipartParts('application/json', body('{}'))).toBeUndefined()
    expect(multipartParts(null, body(''))).toBeUndefined()
  })
})
