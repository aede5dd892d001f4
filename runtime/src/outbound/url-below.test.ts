import fc from 'fast-check'
import { expect, it } from 'vitest'
import { leavesBase, urlBelow } from './url-below.js'

it.each([
  ['https://a.example/', '', 'a=1', 'https://a.example/?a=1'],
  ['https://a.example/?own=1', '', 'a=1', 'https://a.example/?own=1&a=1'],
  ['https://a.example/?', '', 'a=1', 'https://a.example/?&a=1'],
  ['https://a.example/?own=1#part', '', '', 'https://a.example/?own=1#part'],
  ['https://a.example/#part', '', 'a=1', 'https://a.example/?a=1#part'],
  ['https://a.example/', '', 'a=b#c&d=1', 'https://a.example/?a=b%23c&d=1'],
  ['https://a.example/', '', 'q=\xc3\xbc', 'https://a.example/?q=%C3%BC'],
  ['https://a.example/base', '/a/b', 'x=1', 'https://a.example/base/a/b?x=1'],
  ['https://a.example/base/', '/a/b', '', 'https://a.example/base/a/b'],
  ['https://a.example/base', '/', '', 'https://a.example/base/'],
  ['https://a.example/', '/a%2fb//c', '', 'https://a.example/a%2fb//c'],
  ['https://a.example/base?own=1#part', '/a', 'x=1', 'https://a.example/base/a?own=1&x=1#part'],
  ['https://a.example/base', '//evil.example/x', '', 'https://a.example/base//evil.example/x'],
  ['https://a.example/base', '/\\evil.example', '', 'https://a.example/base/%5Cevil.example'],
  ['https://a.example/base', '/a#b', '', 'https://a.example/base/a%23b'],
  ['https://a.example/base', '/gr\xc3\xbcn', '', 'https://a.example/base/gr%C3%BCn'],
  ['https://a.example/base', '/@evil.example:1', '', 'https://a.example/base/@evil.example:1'],
])('builds from %s, path %s and query %s the URL %4$s', (url, path, query, expected) => {
  expect(urlBelow(url, { path, query })).toBe(expected)
})

it.each([
  '/..',
  '/../admin',
  '/a/../b',
  '/a/..',
  '/%2e%2e/admin',
  '/%2E./admin',
  '/.%2e',
  '/..%2fadmin',
  '/a%2f..%2f..%2fb',
  '/..%5cadmin',
  '/..\\admin',
  '/%252e%252e/admin',
  '/%25252e%25252e%25252fadmin',
  '/..;/admin',
  '/..;a=b/admin',
])('refuses the path %s, which may leave the base', (path) => {
  expect(leavesBase(path)).toBe(true)
})

it.each([
  '',
  '/',
  '/a/b',
  '/a..b',
  '/...',
  '/..a',
  '/a;..',
  '/%41',
  '//',
  '/.well-known/x',
  '/a%2fb',
  '/100%25',
])('accepts the path %s', (path) => {
  expect(leavesBase(path)).toBe(false)
})

it('keeps every accepted path below the URL of the destination', () => {
  const part = fc.stringMatching(/^[./\\%2efF5cC;@:#?a\xc3-]{0,20}$/)
  fc.assert(
    fc.property(part, part, (path, query) => {
      fc.pre(!leavesBase(`/${path}`))
      const url = new URL(urlBelow('https://a.example/base?own=1', { path: `/${path}`, query }))
      expect(url.origin).toBe('https://a.example')
      expect(url.pathname.startsWith('/base/')).toBe(true)
      expect(url.search.startsWith('?own=1')).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
