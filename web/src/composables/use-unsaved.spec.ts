import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { mayLeave, useUnsaved } from './use-unsaved.js'

const asked = vi.fn(() => false)
let scope: EffectScope
const form = (text = ref('')) => ({ text, ...scope.run(() => useUnsaved(() => [text.value]))! })

beforeEach(() => {
  scope = effectScope()
  asked.mockClear()
  vi.stubGlobal('confirm', asked)
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

describe('useUnsaved', () => {
  it('shows one prompt when several forms have unsaved changes', () => {
    for (const { text } of [form(), form()]) text.value = 'typed'
    expect(mayLeave()).toBe(false)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('shows no prompt when changes were reverted or saved, or there are none', async () => {
    const { text, settle } = form()
    expect(mayLeave()).toBe(true)
    text.value = 'typed'
    text.value = ''
    expect(mayLeave()).toBe(true)
    text.value = 'typed'
    await settle()
    expect(mayLeave()).toBe(true)
    expect(asked).not.toHaveBeenCalled()
  })

  it('stops the browser from closing the page when changes are unsaved', () => {
    const closing = () => dispatchEvent(new Event('beforeunload', { cancelable: true }))
    const { text } = form()
    expect(closing()).toBe(true)
    text.value = 'typed'
    expect(closing()).toBe(false)
  })

  it('shows no prompt after the scope of the form has ended', () => {
    form().text.value = 'typed'
    scope.stop()
    expect(mayLeave()).toBe(true)
  })
})
