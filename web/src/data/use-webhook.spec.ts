import type { Webhook } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { ApiProblem } from '../problems.js'
import { useWebhooksStore } from '../stores/webhooks.js'
import { useWebhook } from './use-webhook.js'

beforeEach(() => setActivePinia(createPinia()))

it('returns an error while the webhook of the page is deleted', async () => {
  const webhooks = useWebhooksStore()
  webhooks.put({ id: 'a', name: 'Payments' } as Webhook)
  const scope = effectScope()
  const { webhook, error } = scope.run(() => useWebhook(() => 'a'))!
  expect(webhook.value?.name).toBe('Payments')

  webhooks.drop('a')
  await nextTick()
  expect(webhook.value).toBeUndefined()
  expect(error.value).toBeInstanceOf(ApiProblem)

  webhooks.put({ id: 'a', name: 'Payments' } as Webhook)
  await nextTick()
  expect(error.value).toBeUndefined()
  scope.stop()
})
