import type { RequestPage, Webhook } from '@whook/shared'
import { expect, expectTypeOf, it } from 'vitest'
import { send } from './client.js'
import type { api } from './routes.js'
import type { TypedCall } from './typed-call.js'

const call = send as TypedCall

it('returns the types of the shared schemas', () => {
  expectTypeOf<Awaited<ReturnType<typeof api.webhook>>>().toEqualTypeOf<Webhook>()
  expectTypeOf<Awaited<ReturnType<typeof api.requests>>>().toEqualTypeOf<RequestPage>()
  expectTypeOf<Awaited<ReturnType<typeof api.deleteWebhook>>>().toEqualTypeOf<undefined>()
})

it('does not compile a call that api/openapi.json does not have', () => {
  const path = { webhookId: 'w' }
  const wrong = [
    // @ts-expect-error -- the path does not exist
    () => call('get', '/api/v1/hooks'),
    // @ts-expect-error -- the path has no such method
    () => call('put', '/api/v1/webhooks/{webhookId}', { path }),
    // @ts-expect-error -- the value of {webhookId} is missing
    () => call('get', '/api/v1/webhooks/{webhookId}'),
    // @ts-expect-error -- the query parameter does not exist
    () => call('get', '/api/v1/webhooks', { query: { size: 1 } }),
    // @ts-expect-error -- `confirm` is required
    () => call('delete', '/api/v1/me'),
    // @ts-expect-error -- a filter has a list of values
    () => call('get', '/api/v1/webhooks/{webhookId}/requests', { path, query: { status: 'lost' } }),
    // @ts-expect-error -- the name is a text
    () => call('post', '/api/v1/webhooks', { body: { name: 1 } }),
    // @ts-expect-error -- the operation takes no body
    () => call('post', '/auth/logout', { body: {} }),
    // @ts-expect-error -- a webhook has no such property
    async () => (await call('get', '/api/v1/webhooks/{webhookId}', { path })).colour,
  ]
  expect(wrong).toHaveLength(9)
})
