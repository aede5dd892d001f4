import { describe, expect, it } from 'vitest'
import { deliveryKey } from './delivery-key.js'

const id = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

describe('deliveryKey', () => {
  it('returns the same key for the same delivery id when other headers differ', () => {
    const key = deliveryKey('w', ['X-GitHub-Delivery', id])
    expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(deliveryKey('w', ['a', 'b', 'x-github-delivery', id, 'c', 'd'])).toBe(key)
  })

  it('returns different keys for different webhooks, headers and ids', () => {
    const keys = [
      deliveryKey('w', ['x-github-delivery', id]),
      deliveryKey('v', ['x-github-delivery', id]),
      deliveryKey('w', ['webhook-id', id]),
      deliveryKey('w', ['x-github-delivery', `${id}1`]),
    ]
    expect(new Set(keys).size).toBe(4)
  })

  it('prefers the more specific of two headers', () => {
    const both = ['idempotency-key', 'another-one', 'webhook-id', id]
    expect(deliveryKey('w', both)).toBe(deliveryKey('w', ['webhook-id', id]))
  })

  it('reads the id in the body for providers without an id header', () => {
    const slack = (body: string) => deliveryKey('w', ['X-Slack-Signature', 'v0=aa'], body)
    const event = '{"event":{"event_id":"inner-one"},"type":"event_callback","event_id":"Ev0LAN670R"}'
    expect(slack(event)).toBe(slack(event.replace('inner-one', 'other-one')))
    expect(slack(event)).not.toBe(slack(event.replace('Ev0', 'Ev1')))
    const stripe = deliveryKey('w', ['stripe-signature', 't=1'], '{"id":"evt_1QK3Xh2eZv"}')
    expect(stripe).toMatch(/^[0-9a-f-]{36}$/)
    expect(deliveryKey('w', [], '{"id":"evt_1QK3Xh2eZv"}')).toBeNull()
    expect(deliveryKey('w', ['stripe-signature', 't=1'], '{"id":12345678901}')).toBeNull()
  })

  it('returns different keys for events of different sources', () => {
    const event = (source: string) => deliveryKey('w', ['ce-id', 'a234-1234', 'ce-source', source])
    expect(event('/a')).toBe(event('/a'))
    expect(event('/a')).not.toBe(event('/b'))
  })

  it.each([[[]], [['content-type', 'x']], [['webhook-id', 'short']], [['webhook-id', id, 'Webhook-Id', id]]])(
    'returns null for %j',
    (headers) => {
      expect(deliveryKey('w', headers)).toBeNull()
    },
  )
})
