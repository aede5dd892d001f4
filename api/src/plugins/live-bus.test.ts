import type { ControlMessage } from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { expect, it } from 'vitest'
import { withLocalDelivery } from './live-bus.js'

it('delivers a change in this process and logs a failed publish', async () => {
  const warnings: unknown[] = []
  const away: LiveBus = {
    publish: () => Promise.reject(new Error('away')),
    control: () => Promise.reject(new Error('away')),
    subscribe: async () => async () => {},
    close: async () => {},
  }
  const bus = withLocalDelivery(away, { warn: (...what: unknown[]) => void warnings.push(what) })
  const heard: ControlMessage[] = []
  await bus.subscribe({ control: (message) => void heard.push(message), gap: () => {} })

  const message: ControlMessage = { type: 'slug.changed', slugs: ['wh_a'] }
  await bus.control(message)
  expect(heard).toEqual([message])
  expect(warnings).toMatchObject([[{ type: 'slug.changed' }, 'control.not-published']])
})
