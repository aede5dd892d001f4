import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useToastsStore } from '../../stores/toasts.js'
import UiDialog from '../../ui/UiDialog.vue'
import ToastList from './ToastList.vue'

const page = {
  components: { ToastList, UiDialog },
  props: { first: Boolean, second: Boolean },
  template: `<input /><UiDialog :open="first" title="First" /><UiDialog v-if="second" :open="true" title="Second" />
    <ToastList />`,
}
let shown: ReturnType<typeof mount>
const undo = vi.fn()
beforeEach(() => {
  setActivePinia(createPinia())
  undo.mockClear()
  shown = mount(page, { attachTo: document.body })
  useToastsStore().undoable('The request is deleted', () => {}, undo)
})
afterEach(() => shown.unmount())

const list = () => document.querySelector('[role=status]')!
const press = (target: Element, more: KeyboardEventInit = { ctrlKey: true }) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', bubbles: true, cancelable: true, ...more }))

describe('ToastList', () => {
  it('renders in the topmost dialog, because elements outside of it are inert', async () => {
    const over = () =>
      list().closest('dialog')?.ariaLabel ?? list().closest('dialog')?.getAttribute('aria-label')
    await nextTick()
    expect(over()).toBeUndefined()
    await shown.setProps({ first: true })
    await nextTick()
    expect(over()).toBe('First')
    await shown.setProps({ second: true })
    await nextTick()
    expect(over()).toBe('Second')
    await shown.setProps({ second: false })
    await nextTick()
    expect(over()).toBe('First')
    expect(list().textContent).toContain('The request is deleted')
    await shown.setProps({ first: false })
    await nextTick()
    expect(over()).toBeUndefined()
    expect(list().textContent).toContain('Undo')
  })

  it.each([
    ['Ctrl', { ctrlKey: true }],
    ['Meta', { metaKey: true }],
  ])('undoes the last deletion once when %s+Z is pressed', async (_, keys) => {
    useToastsStore().show('Copied')
    press(document.body, keys)
    press(document.body, keys)
    await nextTick()
    expect(undo).toHaveBeenCalledOnce()
    expect(list().textContent).not.toContain('deleted')
  })

  it('ignores Mod+Z in a text field, and Z without a modifier', () => {
    press(shown.find('input').element)
    press(document.body, {})
    expect(undo).not.toHaveBeenCalled()
  })
})
