import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h, nextTick } from 'vue'
import UiField from './UiField.vue'

const field = (props: { hint?: string; error?: string }) =>
  mount(UiField, {
    props: { label: 'URL', ...props },
    slots: { default: ({ id }: { id: string }) => h('input', { id }) },
  })

it('a field is told apart and read out with its error, and no longer once it is mended', async () => {
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

it('a field with nothing to say about it points at nothing', async () => {
  const wrapper = field({})
  await nextTick()
  expect(wrapper.get('input').attributes('aria-describedby')).toBeUndefined()
  expect(wrapper.find('p').exists()).toBe(false)
})
