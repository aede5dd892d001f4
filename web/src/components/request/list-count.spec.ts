import { describe, expect, it } from 'vitest'
import { listCount } from './list-count.js'

describe('listCount', () => {
  it.each([
    ['returns the number of requests without a filter', 1240, undefined, false, '1,240 requests'],
    ['returns the singular for one request', 1, undefined, false, '1 request'],
    ['returns the number of matches', 240, 12, false, '12 of 240 match'],
    ['returns a plus sign when older rows are not fetched', 2400, 1100, true, '1,100+ of 2,400 match'],
    ['returns zero when no requests match', 240, 0, false, '0 of 240 match'],
  ])('%s', (_, all, matching, hasMore, words) => {
    expect(listCount({ all, matching, hasMore })).toBe(words)
  })
})
