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

describe('what is not saved', () => {
  it('is asked about once before it is left, however many forms hold some', () => {
    for (const { text } of [form(), form()]) text.value = 'typed'
    expect(mayLeave()).toBe(false)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('is none when nothing was typed, when it was typed back, or saved', async () => {
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

  it('keeps the browser from closing the page', () => {
    const closing = () => dispatchEvent(new Event('beforeunload', { cancelable: true }))
    const { text } = form()
    expect(closing()).toBe(true)
    text.value = 'typed'
    expect(closing()).toBe(false)
  })

  it('is forgotten with its form', () => {
    form().text.value = 'typed'
    scope.stop()
    expect(mayLeave()).toBe(true)
  })
})
