import { expect, it } from 'vitest'
import { mountPage } from '../testing/mount-page.js'

it('shows the unknown path with a link to all webhooks', async () => {
  const { page, text } = await mountPage('/no/such/page')
  expect(page.find('h1').text()).toBe('Page not found')
  expect(text()).toContain('/no/such/page')
  expect(page.find('a').attributes('href')).toBe('/')
})
