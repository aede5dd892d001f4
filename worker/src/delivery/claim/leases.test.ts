import { expect, it } from 'vitest'
import { createDatabaseContact } from './leases.js'

it('measures from the first answer after a gap or a failure', () => {
  let time = 0
  const contact = createDatabaseContact({ now: () => time, gapMs: 4 })
  expect(contact.steadyMs()).toBe(0)
  for (; time <= 30; time += 3) contact.answered()
  time = 31
  expect(contact.steadyMs(), 'answers without a gap').toBe(31)
  time = 36
  expect(contact.steadyMs(), 'no answer for longer than a gap').toBe(0)
  contact.answered()
  time = 38
  expect(contact.steadyMs(), 'since the first answer after the gap').toBe(2)
  contact.failed()
  expect(contact.steadyMs()).toBe(0)
  contact.answered()
  time = 41
  expect(contact.steadyMs()).toBe(3)
})
