import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h, nextTick } from 'vue'
import UiField from './UiField.vue'

const field = (props: { hint?: string; error?: string }) =>
  mount(UiField, {
    props: { label: 'URL', ...props },
    slots: { default: ({ id }: { id: string }) => h('input', { id }) },
  })

it('marks its control invalid with the error as description until the error is fixed', async () => {
  const wrapper = field({ hint: 'Where to send', error: 'is not a URL' })
  await nextTick()
  const input = wrapper.get('input')
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(wrapper.get(`[id="${input.attributes('aria-describedby')}"]`).text()).toBe('is not a URL')

  await wrapper.setProps({ error: undefined })
  await nextTick()
  expect(input.attributes('aria-invalid')).toBeUndefined()
  expect(wrapper.get(`[id="${input.attributes('aria-describedby')}"]`).text()).toBe('Where to send')
})

it('sets no description without a hint and an error', async () => {
  const wrapper = field({})
  await nextTick()
  expect(wrapper.get('input').attributes('aria-describedby')).toBeUndefined()
  expect(wrapper.find('p').exists()).toBe(false)
})
