import { describe, expect, it } from 'vitest'
import { deliveryKey } from './delivery-key.js'

const id = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

describe('deliveryKey', () => {
  it('is the same for the same delivery of the same webhook, whatever else the request carries', () => {
    const key = deliveryKey('w', ['X-GitHub-Delivery', id])
    expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(deliveryKey('w', ['a', 'b', 'x-github-delivery', id, 'c', 'd'])).toBe(key)
  })

  it('differs by webhook, header and id', () => {
    const keys = [
      deliveryKey('w', ['x-github-delivery', id]),
      deliveryKey('v', ['x-github-delivery', id]),
      deliveryKey('w', ['webhook-id', id]),
      deliveryKey('w', ['x-github-delivery', `${id}1`]),
    ]
    expect(new Set(keys).size).toBe(4)
  })

  it('goes by the more telling of two headers', () => {
    const both = ['idempotency-key', 'another-one', 'webhook-id', id]
    expect(deliveryKey('w', both)).toBe(deliveryKey('w', ['webhook-id', id]))
  })

  it.each([[[]], [['content-type', 'x']], [['webhook-id', 'short']], [['webhook-id', id, 'Webhook-Id', id]]])(
    'is none for %j',
    (headers) => {
      expect(deliveryKey('w', headers)).toBeNull()
    },
  )
})
