import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useToastsStore } from './toasts.js'

describe('undoable', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => vi.useRealTimers())

  it('runs the action after 8 seconds', () => {
    const act = vi.fn()
    const toasts = useToastsStore()
    toasts.undoable('gone', act, () => {})
    vi.advanceTimersByTime(7999)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledOnce()
    expect(toasts.list).toEqual([])
  })

  it('waits while the toast has the focus', () => {
    document.body.innerHTML = '<div data-toasts><button>Undo</button></div>'
    const act = vi.fn()
    const toasts = useToastsStore()
    toasts.undoable('gone', act, () => {})
    document.querySelector('button')!.focus()
    vi.advanceTimersByTime(60_000)
    expect([act.mock.calls.length, toasts.list.length]).toEqual([0, 1])
    document.querySelector('button')!.blur()
    vi.advanceTimersByTime(1000)
    expect([act.mock.calls.length, toasts.list.length]).toEqual([1, 0])
  })

  it('does not run the action when it is undone in time', () => {
    const [act, undo] = [vi.fn(), vi.fn()]
    const toasts = useToastsStore()
    toasts.undoable('gone', act, undo)
    toasts.list[0]!.action!.run()
    vi.advanceTimersByTime(20_000)
    expect(act).not.toHaveBeenCalled()
    expect(undo).toHaveBeenCalledOnce()
  })

  it('runs the action once, immediately, when the page is left', () => {
    const [act, undo] = [vi.fn(), vi.fn()]
    const toasts = useToastsStore()
    toasts.undoable('gone', act, undo)
    const { action } = toasts.list[0]!
    dispatchEvent(new Event('pagehide'))
    expect(act).toHaveBeenCalledOnce()
    action!.run()
    vi.advanceTimersByTime(20_000)
    expect([act.mock.calls.length, undo.mock.calls.length]).toEqual([1, 0])
  })

  it('keeps a toast with Undo when newer toasts are shown', () => {
    const toasts = useToastsStore()
    toasts.undoable('gone', vi.fn(), () => {})
    for (let n = 0; n < 9; n++) toasts.show(`${n}`)
    expect(toasts.list.map(({ text }) => text)).toEqual(['gone', '6', '7', '8'])
  })

  it('shows at most four toasts', () => {
    const toasts = useToastsStore()
    for (let n = 0; n < 9; n++) toasts.show(`${n}`)
    expect(toasts.list.map(({ text }) => text)).toEqual(['5', '6', '7', '8'])
  })
})
