import { describe, expect, it } from 'vitest'
import { headerLines, parseHeaderLines } from './header-lines.js'

describe('headerLines and parseHeaderLines', () => {
  it('keeps order, case, repeats, colons and empty values', () => {
    const headers: [string, string][] = [['X-Tag', 'a'], ['x-tag', 'b: c'], ['X-Empty', '']] // prettier-ignore
    expect(parseHeaderLines(headerLines(headers))).toEqual({ headers })
  })

  it('ignores blank lines and surrounding spaces', () => {
    expect(parseHeaderLines('\n  x-a :  1  \n\n')).toEqual({ headers: [['x-a', '1']] })
  })

  it.each(['nonsense', 'two words: 1', ': 1', 'ä: 1'])(
    'returns an error with the line number when a line is not a header: %s',
    (line) => expect(parseHeaderLines(`x-a: 1\n${line}`)).toEqual({ error: 'Line 2 is not "name: value".' }),
  )
})
