import type { Page } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { usePendingDeletionsStore } from '../stores/pending-deletions.js'
import { useToastsStore } from '../stores/toasts.js'
import { useList } from './use-list.js'

/** Fake server: pages of 2 items. `gate` delays the next answer, `refuses` makes calls fail. */
let stored: string[] = []
let refuses = false
let gate: Promise<void> | undefined
beforeEach(() => {
  setActivePinia(createPinia())
  ;[stored, refuses, gate] = [['a', 'b', 'c', 'd', 'e'], false, undefined]
})

async function fetchPage(cursor = '0') {
  const from = Number(cursor)
  const items = stored.slice(from, from + 2).map((id) => ({ id }))
  const nextCursor = from + 2 < stored.length ? String(from + 2) : null
  const waits = gate
  gate = undefined
  await waits
  if (refuses) throw new Error('refused')
  return { items, nextCursor }
}
function setup(more: Partial<Parameters<typeof useList<Page<{ id: string }>>>[0]> = {}) {
  const list = effectScope().run(() => useList({ fetchPage, ...more }))!
  return { list, ids: () => list.items.value.map(({ id }) => id).join('') }
}
function delayNext() {
  let release = () => {}
  gate = new Promise((resolve) => (release = resolve))
  return release
}
const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('useList', () => {
  it('is idle until it is loaded, then loading, then done', async () => {
    const { list, ids } = setup()
    expect(list.state.value).toBe('idle')
    const loading = list.load()
    expect(list.state.value).toBe('loading')
    await loading
    expect([list.state.value, ids(), list.nextCursor.value]).toEqual(['done', 'ab', '2'])
  })

  it('appends the next page once when it is asked for twice', async () => {
    const { list, ids } = setup()
    await list.load()
    await Promise.all([list.loadMore(), list.loadMore()])
    expect(ids()).toBe('abcd')
    await list.loadMore()
    expect([ids(), list.nextCursor.value]).toEqual(['abcde', null])
    await list.loadMore()
    expect(ids()).toBe('abcde')
  })

  it('loads pages until it has the minimum count', async () => {
    const { list, ids } = setup({ countMin: 3 })
    await list.load()
    expect(ids()).toBe('abcd')
    stored = ['x', 'y', 'z']
    await list.reload()
    expect([ids(), list.nextCursor.value]).toEqual(['xyz', null])
  })

  it('drops the page of a superseded load', async () => {
    const { list, ids } = setup()
    await list.load()
    const release = delayNext()
    const older = list.loadMore()
    stored = ['x']
    await list.load()
    release()
    await older
    expect([ids(), list.nextCursor.value, list.isLoadingMore.value]).toEqual(['x', null, false])
  })

  it('starts over when the key changes, and is empty without a key', async () => {
    const key = ref<string | undefined>('one')
    const { list, ids } = setup({ key: () => key.value })
    await vi.waitFor(() => expect(ids()).toBe('ab'))
    stored = ['x']
    key.value = 'two'
    await nextTick()
    expect([list.state.value, ids()]).toEqual(['loading', ''])
    await vi.waitFor(() => expect(ids()).toBe('x'))
    key.value = undefined
    await nextTick()
    expect([list.state.value, ids()]).toEqual(['idle', ''])
  })

  it('reports an error without items, and keeps the items when a later fetch fails', async () => {
    const { list, ids } = setup()
    refuses = true
    await list.load()
    expect([list.state.value, list.error.value?.message]).toEqual(['error', 'refused'])
    refuses = false
    await list.reload()
    expect([list.state.value, list.error.value, ids()]).toEqual(['done', undefined, 'ab'])
    refuses = true
    await list.reload()
    await list.loadMore()
    expect([list.state.value, list.error.value?.message, ids()]).toEqual(['done', 'refused', 'ab'])
  })

  it('keeps the items on screen while it reloads', async () => {
    const { list, ids } = setup()
    await list.load()
    const release = delayNext()
    stored = ['x']
    const reloading = list.reload()
    await settled()
    expect([list.state.value, ids()]).toEqual(['done', 'ab'])
    release()
    await reloading
    expect(ids()).toBe('x')
  })
})

describe('a pending deletion', () => {
  const remove = (act: () => Promise<unknown>) => usePendingDeletionsStore().remove(['a'], 'a deleted', act)

  it('is shown as removed, also after a reload, and undo restores the item', async () => {
    const { list, ids } = setup()
    await list.load()
    const act = vi.fn()
    remove(act)
    expect(ids()).toBe('b')
    await list.reload()
    expect(ids()).toBe('b')
    useToastsStore().list[0]!.action!.run()
    expect([ids(), act.mock.calls.length]).toEqual(['ab', 0])
  })

  it('deletes after the time to undo, and restores the item when that fails', async () => {
    vi.useFakeTimers()
    const { list, ids } = setup()
    await list.load()
    remove(() => Promise.reject(new Error('in use')))
    expect(ids()).toBe('b')
    await vi.advanceTimersByTimeAsync(8000)
    expect(ids()).toBe('ab')
    expect(useToastsStore().list.map(({ text }) => text)).toEqual(['in use'])
    vi.useRealTimers()
  })
})
