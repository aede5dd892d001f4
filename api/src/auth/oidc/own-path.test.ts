import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ownPath } from './own-path.js'

const publicUrl = 'https://hooks.example.com'

describe('ownPath', () => {
  it.each(['/', '/webhooks/1?q=a%20b#x', '/a/../b', '/x@evil.com', '/?next=//evil.com'])(
    'returns %s unchanged',
    (next) => {
      const url = new URL(next, publicUrl)
      expect(ownPath(next, publicUrl)).toBe(url.pathname + url.search + url.hash)
    },
  )

  it.each([
    '//evil.com',
    '/\\evil.com',
    '\\\\evil.com',
    '/\t/evil.com',
    '/\n/evil.com',
    'https://evil.com',
    'https:evil.com',
    'javascript:alert(1)',
    'evil.com',
    '',
    '/..//evil.com',
    '/.//evil.com',
    '/a\\b',
    ' //evil.com',
    `/${'a'.repeat(3000)}`,
    undefined,
    null,
    7,
    ['/a', '/b'],
    {},
  ])('returns / for %j', (next) => {
    expect(ownPath(next, publicUrl)).toBe('/')
  })

  it('keeps the browser on this origin for random input', () => {
    const alphabet = fc.constantFrom(
      '/',
      '\\',
      '.',
      ':',
      '@',
      '\t',
      '\n',
      ' ',
      '%2f',
      '%5c',
      '?',
      '#',
      'a',
      'evil.com',
      'http',
    )
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        const path = ownPath(parts.join(''), publicUrl)
        expect(new URL(path, publicUrl).origin).toBe(publicUrl)
        expect(path).toMatch(/^\/(?![/\\])/)
      }),
      { numRuns: 2000 },
    )
  })
})
