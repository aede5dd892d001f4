import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFeed, stubStoredRequests } from '../testing/stored-requests.js'
import { useRequestSelectionStore } from './request-selection.js'

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => vi.unstubAllGlobals())

describe('useRequestSelectionStore', () => {
  it('toggles a row, and is empty when another list is opened', async () => {
    const { feed } = await openFeed(stubStoredRequests(), 3)
    const selection = useRequestSelectionStore()
    selection.toggle('id-000001')
    selection.toggle('id-000002')
    selection.toggle('id-000001')
    expect([...selection.ids]).toEqual(['id-000002'])
    selection.remove(['id-000002'])
    expect(selection.ids.size).toBe(0)
    selection.toggle('id-000003')
    await feed.open('w', { q: 'x' })
    expect(selection.ids.size).toBe(0)
  })
})
