import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { verificationProviders } from '@whook/shared'
import { deliveryIdHeaders } from './delivery-key.js'
import { schemesOf } from './signatures/schemes.js'

const page = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8')

it.each(verificationProviders)('has a row for %s with its tolerance in docs/providers.md', (provider) => {
  const row = page.split('\n').find((line) => line.includes(`(\`${provider}\`)`))
  const seconds = schemesOf[provider].map(({ toleranceSeconds }) => toleranceSeconds).find(Boolean)
  expect(row?.split('|')[3]?.trim()).toBe(seconds ? `${seconds.toLocaleString('en-US')} s` : '—')
})

it('lists the headers with delivery ids in order in docs/providers.md', () => {
  const listed = [...page.slice(page.indexOf('## Repeats')).matchAll(/`([\w-]+-[\w-]+)`/g)].map(
    ([, name]) => name,
  )
  expect(listed).toEqual([...deliveryIdHeaders])
})
