import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { usePreferencesStore } from '../stores/preferences.js'
import { useShortcuts } from './use-shortcuts.js'

const act = vi.fn()
let page: ReturnType<typeof mount>
beforeEach(() => {
  setActivePinia(createPinia())
  act.mockClear()
  page = mount({ setup: () => useShortcuts({ x: act }), template: '<input><dialog /><i />' }, { attachTo: document.body }) // prettier-ignore
})
afterEach(() => page.unmount())

const press = (more: KeyboardEventInit = {}, on: Element = document.body) =>
  on.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true, cancelable: true, ...more }))

it('handles a key on the page until the component is unmounted', () => {
  press()
  expect(act).toHaveBeenCalledTimes(1)
  page.unmount()
  press()
  expect(act).toHaveBeenCalledTimes(1)
})

it.each([
  ['in a field', () => press({}, page.find('input').element)],
  ['with Ctrl', () => press({ ctrlKey: true })],
  ['with Meta', () => press({ metaKey: true })],
  ['during IME input', () => press({ isComposing: true })],
  ['while a dialog is open', () => (page.find('dialog').element.setAttribute('open', ''), press())],
  ['while a menu is open', () => (page.find('i').element.setAttribute('role', 'menu'), press())],
  ['when shortcuts are turned off', () => ((usePreferencesStore().singleKeys = false), press())],
])('ignores a key %s', (_, key) => {
  key()
  expect(act).not.toHaveBeenCalled()
  usePreferencesStore().singleKeys = true
})
