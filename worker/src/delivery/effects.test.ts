import { deliveryResult } from '@whook/testing/delivery-result'
import { expect, it } from 'vitest'
import { createEffects } from './effects.js'

it('applies the effects of a batch once for all of its deliveries', async () => {
  const released: string[][] = []
  const published: unknown[] = []
  let attempts = 0
  const effects = createEffects({
    sql: (() => Promise.reject(new Error('no statement is needed'))) as never,
    holder: { token: 't', leaseSeconds: 15 },
    settings: { get: async () => undefined, dropWebhooks: () => [] },
    claims: { notifyDue: async () => {}, unclaim: async () => 0, addStopped: () => {} },
    prefetch: { release: (ids) => void released.push(ids) },
    announcer: { publish: (userId, ...messages) => void published.push(userId, ...messages) },
    metrics: { attempted: () => void attempts++ },
    logger: { info: () => {}, error: () => {} },
  })
  const results = ['a', 'b'].map((deliveryId) => deliveryResult({ deliveryId, destination: { id: 'd' } }))
  const circuit = { destinationId: 'd', webhookId: 'w', userId: 'u', circuit: 'open' as const }
  const batch = { results, moved: [], recovered: [], circuits: [circuit] }
  await Promise.all([effects.apply(batch), effects.apply(batch)])
  expect(attempts).toBe(2)
  expect(released).toEqual([['d']])
  expect(published).toEqual(['u', expect.objectContaining({ type: 'destination.updated' })])
})
