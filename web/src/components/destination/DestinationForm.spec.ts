import type { Destination, UpdateDestinationBody } from '@whook/shared'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useToastsStore } from '../../stores/toasts.js'
import DestinationForm from './DestinationForm.vue'

/** Fake server: accepts the body of the request, or returns `problem` with status 400. */
let sent: UpdateDestinationBody | undefined
let problem: object | undefined
beforeEach(() => {
  setActivePinia(createPinia())
  ;[sent, problem] = [undefined, undefined]
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    sent = JSON.parse(String(body)) as UpdateDestinationBody
    return new Response(JSON.stringify(problem ?? {}), {
      status: problem ? 400 : 200,
      headers: { 'content-type': 'application/json' },
    })
  })
})
afterEach(() => vi.unstubAllGlobals())

const retry = {
  strategy: 'list',
  delaysSeconds: [5, 60],
  baseSeconds: 5,
  factor: 2,
  maxDelaySeconds: 3600,
  attemptsMax: 10,
  maxAgeSeconds: 86_400,
  jitter: 0.1,
} as const
const destination = {
  id: 'd',
  webhookId: 'w',
  name: 'Shop',
  url: 'https://shop.example/hooks',
  headers: [['x-team', 'a']],
  forwardHeaders: ['authorization', 'x-b'],
  appendPath: true,
  timeoutMs: 15_000,
  limits: { concurrency: 10, ratePerSecond: null },
  orderingKey: null,
  filter: { field: 'body.type', equals: 'paid' },
  script: null,
  retry,
  secrets: [],
} as unknown as Destination

function opened() {
  const form = mount(DestinationForm, { props: { destination }, global: { stubs: { CodeEditor: true } } })
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

describe('DestinationForm', () => {
  it('sends the unchanged destination when no field was edited', async () => {
    const { form, save } = opened()
    await save()
    const { name, url, headers, forwardHeaders, appendPath, timeoutMs, limits, orderingKey, filter, script } =
      destination
    expect(sent).toEqual({ name, url, headers, forwardHeaders, appendPath, timeoutMs, limits, orderingKey, filter, script, retry }) // prettier-ignore
    expect(form.emitted('saved')).toHaveLength(1)
    expect(useToastsStore().list.map(({ text }) => text)).toEqual(['Saved'])
  })

  it('sends trimmed texts, split lists, numbers, and null for empty fields', async () => {
    const { form, field, save } = opened()
    await field('Name').setValue('  Store ')
    await field('Headers added').setValue('x-team: b\n\nx-token: a:b')
    await field('Forward these request headers').setValue('x-a,  x-b x-c')
    await form.find('input[type=checkbox]').setValue(false)
    await field('Timeout, in ms').setValue('2500')
    await field('Max requests per second').setValue('7')
    await field('Ordering key').setValue(' body.id ')
    await field('Filter').setValue(' ')
    await field('Delays, in seconds').setValue('1, 2 30')
    await save()
    expect(sent).toMatchObject({
      name: 'Store',
      headers: [['x-team', 'b'], ['x-token', 'a:b']], // prettier-ignore
      forwardHeaders: ['x-a', 'x-b', 'x-c'],
      appendPath: false,
      timeoutMs: 2500,
      limits: { concurrency: 10, ratePerSecond: 7 },
      orderingKey: 'body.id',
      filter: null,
      retry: { delaysSeconds: [1, 2, 30] },
    })
  })

  it.each([
    ['Headers added', 'no colon', 'Line 1 is not "name: value".'],
    ['Filter', '{"field": ', 'The filter is not JSON'],
  ])('shows an error and sends nothing when %s is invalid', async (label, text, message) => {
    const { form, field, save } = opened()
    await field(label).setValue(text)
    await save()
    expect(form.find('[role=alert]').text()).toContain(message)
    expect([sent, form.emitted('saved')]).toEqual([undefined, undefined])
  })

  it('shows the error of the server beside its field', async () => {
    problem = {
      code: 'validation',
      detail: 'Not valid',
      errors: [{ path: '/url', message: 'must be an http or https URL' }],
    }
    const { form, field, save } = opened()
    await field('URL').setValue('ftp://shop.example')
    await save()
    const id = field('URL').attributes('id')
    expect(form.find(`[id="${id}-hint"]`).text()).toBe('must be an http or https URL')
    expect(form.emitted('saved')).toBeUndefined()
    problem = undefined
    await save()
    expect(form.find(`[id="${id}-hint"]`).exists()).toBe(false)
  })

  it.each([
    ['Headers added', '/headers/0/1'],
    ['Forward these request headers', '/forwardHeaders/2'],
    ['Delays, in seconds', '/retry/delaysSeconds/1'],
    ['Filter', '/filter/and/0/matches'],
  ])('shows the error of a member beside its field when the field is %s', async (label, path) => {
    problem = { code: 'validation', detail: 'Not valid', errors: [{ path, message: 'is not allowed' }] }
    const { form, field, save } = opened()
    await save()
    expect(form.find(`[id="${field(label).attributes('id')}-hint"]`).text()).toBe('is not allowed')
  })
})
