import { newSlug } from '@whook/runtime/ids'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitTarget } from './split-target.js'

const visible = fc.stringMatching(/^[\x21-\x7e]{0,60}$/)
const path = fc.stringMatching(/^(\/[\x21-\x3e\x40-\x7e]{0,60})?$/)
const origin = fc.constantFrom('', '/', '////', 'http://h', 'HTTPS://u:p@h:99', 'http://', 'http://[::1]:80')

it('returns path and query as sent for the origin form and the absolute form', () => {
  fc.assert(
    fc.property(origin, path, fc.option(visible), (origin, path, query) => {
      const slug = newSlug()
      const target = `${origin}/${slug}${path}${query === null ? '' : `?${query}`}`
      expect(splitTarget(target)).toEqual({ slug, path, query: query ?? '' })
    }),
    { numRuns: 1000 },
  )
})

it('returns undefined for any other target', () => {
  const slug = newSlug()
  const near = fc.constantFrom(
    `//////${slug}`,
    `/x/${slug}`,
    slug,
    `/${slug}x`,
    `/${slug.slice(0, -1)}`,
    `/${slug}#`,
    `/${slug}%2f`,
    `/${slug.replace('wh_', 'WH_')}`,
    `/?/${slug}`,
    `ftp://h/${slug}`,
    `http:/${slug}`,
  )
  fc.assert(
    fc.property(fc.oneof(near, visible, fc.string()), (target) => {
      expect(splitTarget(target)).toBeUndefined()
    }),
    { numRuns: 1000 },
  )
})
