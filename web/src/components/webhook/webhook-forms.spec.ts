import type { UpdateWebhookBody, Webhook } from '@whook/shared'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import { useWebhooksStore } from '../../stores/webhooks.js'
import GeneralCard from './GeneralCard.vue'
import ResponseCard from './ResponseCard.vue'
import VerificationCard from './VerificationCard.vue'

/** Fake server: applies the change of the request, or returns `problem` with status 400. */
let sent: UpdateWebhookBody | undefined
let problem: object | undefined
const webhook = {
  id: 'w',
  name: 'Shop',
  status: 'active',
  limits: { requestsPerSecond: 5, bodyBytesMax: null, retentionDays: 30 },
  response: { status: 202, headers: [['x-a', '1']], body: null },
  ignoredResponseHeaders: [],
  verification: { provider: 'stripe' },
  onVerificationFailure: 'hold',
} as unknown as Webhook

beforeEach(() => {
  setActivePinia(createPinia())
  ;[sent, problem] = [undefined, undefined]
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    sent = JSON.parse(String(body)) as UpdateWebhookBody
    return new Response(JSON.stringify(problem ?? { ...webhook, ...sent }), {
      status: problem ? 400 : 200,
      headers: { 'content-type': 'application/json' },
    })
  })
})
afterEach(() => vi.unstubAllGlobals())

function opened(card: Component) {
  const form = mount(card, { props: { webhook } })
  const field = (label: string) => {
    const id = form
      .findAll('label')
      .find((found) => found.text() === label)!
      .attributes('for')
    return form.find<HTMLInputElement>(`[id="${id}"]`)
  }
  const save = async () => {
    await form.find('form').trigger('submit')
    await flushPromises()
  }
  return { form, field, save }
}

describe('webhook settings', () => {
  it('sends numbers, sends null for an empty limit, and stores the saved webhook', async () => {
    const { field, save } = opened(GeneralCard)
    await field('Name').setValue(' Store ')
    await field('Status').setValue('paused')
    await field('Max requests per second').setValue('')
    await field('Max body size, in bytes').setValue('1000')
    await save()
    expect(sent).toEqual({
      name: 'Store',
      status: 'paused',
      limits: { requestsPerSecond: null, bodyBytesMax: 1000, retentionDays: 30 },
    })
    expect(useWebhooksStore().byId.get('w')).toMatchObject({ name: 'Store', status: 'paused' })
  })

  it('saves the current status when another tab paused the webhook', async () => {
    const { form, save } = opened(GeneralCard)
    await form.setProps({ webhook: { ...webhook, status: 'paused' } })
    await save()
    expect(sent).toMatchObject({ status: 'paused' })
  })

  it('shows the error and keeps the typed value when the server refuses a field', async () => {
    problem = {
      detail: 'Not valid',
      errors: [{ path: '/limits/retentionDays', message: 'must be at most 3650' }],
    }
    const { form, field, save } = opened(GeneralCard)
    await field('Retention, in days').setValue('9999')
    await save()
    expect(form.find(`[id="${field('Retention, in days').attributes('id')}-hint"]`).text()).toBe(
      'must be at most 3650',
    )
    expect(field('Retention, in days').element.value).toBe('9999')
    expect(useWebhooksStore().byId.has('w')).toBe(false)
  })

  it('sends null for an empty response body, and reports a line that is not a header', async () => {
    const { form, field, save } = opened(ResponseCard)
    await field('Status').setValue('201')
    await save()
    expect(sent).toEqual({ response: { status: 201, headers: [['x-a', '1']], body: null } })
    sent = undefined
    await field('Headers').setValue('x-a: 1\nnonsense')
    await save()
    expect(form.find('[role=alert]').text()).toBe('Line 2 is not "name: value".')
    expect(sent).toBeUndefined()
  })

  it('clears the secret field when the secret is saved', async () => {
    const { field, save } = opened(VerificationCard)
    await field('Provider').setValue('github')
    await field('Secret').setValue(' s3cret ')
    await save()
    expect(sent).toEqual({ verification: { provider: 'github', secrets: ['s3cret'] } })
    expect(field('Secret').element.value).toBe('')
  })

  it('saves the policy for requests with a failed signature check', async () => {
    const { form, field } = opened(VerificationCard)
    const policy = field('When the signature check fails')
    expect(policy.element.value).toBe('hold')
    await policy.setValue('reject')
    await flushPromises()
    expect(sent).toEqual({ onVerificationFailure: 'reject' })
    await form.setProps({ webhook: { ...webhook, onVerificationFailure: 'reject' } })
    expect(form.text()).toContain('The sender receives 401')
  })

  it('keeps the typed secret when the server refuses it', async () => {
    problem = { detail: 'The secret is too short' }
    const { form, field, save } = opened(VerificationCard)
    await field('Secret').setValue('x')
    await save()
    expect(form.find('[role=alert]').text()).toBe('The secret is too short')
    expect(field('Secret').element.value).toBe('x')
  })
})
