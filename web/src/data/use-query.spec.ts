import { describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useQuery } from './use-query.js'

/** Fake server: the test decides when each call is answered, and in which order. */
function setup(first: string | undefined, keepPrevious = false) {
  const calls: { key: string; answer: (text: string) => void; fail: () => void }[] = []
  const key = ref(first)
  const fetch = (wanted: string) =>
    new Promise<string>((resolve, reject) =>
      calls.push({ key: wanted, answer: resolve, fail: () => reject(new Error('refused')) }),
    )
  const query = effectScope().run(() => useQuery({ key: () => key.value, fetch, keepPrevious }))!
  const shown = () => [query.state.value, query.data.value, query.error.value?.message]
  return { calls, key, query, shown }
}
const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('useQuery', () => {
  it('is idle and fetches nothing while there is no key', async () => {
    const { calls, key, shown } = setup(undefined)
    expect([calls.length, ...shown()]).toEqual([0, 'idle', undefined, undefined])
    key.value = 'a'
    await nextTick()
    expect([calls.length, ...shown()]).toEqual([1, 'loading', undefined, undefined])
  })

  it('returns the data when it is loaded, and is idle again without a key', async () => {
    const { calls, key, shown } = setup('a')
    calls[0]!.answer('A')
    await settled()
    expect(shown()).toEqual(['done', 'A', undefined])
    key.value = undefined
    await nextTick()
    expect(shown()).toEqual(['idle', undefined, undefined])
  })

  it('ignores the answer to an earlier key when it arrives last', async () => {
    const { calls, key, shown } = setup('a')
    key.value = 'b'
    await nextTick()
    expect(calls.map((call) => call.key)).toEqual(['a', 'b'])
    calls[1]!.answer('B')
    calls[0]!.answer('A')
    await settled()
    expect(shown()).toEqual(['done', 'B', undefined])
  })

  it('ignores the failure of an earlier reload', async () => {
    const { calls, query, shown } = setup('a')
    void query.reload()
    calls[1]!.answer('new')
    calls[0]!.fail()
    await settled()
    expect([...shown(), query.isFetching.value]).toEqual(['done', 'new', undefined, false])
  })

  it('keeps the error while it retries, and removes it when the retry succeeds', async () => {
    const { calls, query, shown } = setup('a')
    calls[0]!.fail()
    await settled()
    expect(shown()).toEqual(['error', undefined, 'refused'])
    void query.reload()
    expect([...shown(), query.isFetching.value]).toEqual(['error', undefined, 'refused', true])
    calls[1]!.answer('A')
    await settled()
    expect(shown()).toEqual(['done', 'A', undefined])
  })

  it('keeps the data and reports the error when a reload fails', async () => {
    const { calls, query, shown } = setup('a')
    calls[0]!.answer('A')
    await settled()
    void query.reload()
    calls[1]!.fail()
    await settled()
    expect(shown()).toEqual(['done', 'A', 'refused'])
  })

  it.each([
    [false, ['loading', undefined]],
    [true, ['done', 'A']],
  ])('shows the previous data while the next key loads when keepPrevious is %s', async (keep, expected) => {
    const { calls, key, shown } = setup('a', keep)
    calls[0]!.answer('A')
    await settled()
    key.value = 'b'
    await nextTick()
    expect(shown().slice(0, 2)).toEqual(expected)
    calls[1]!.answer('B')
    await vi.waitFor(() => expect(shown()).toEqual(['done', 'B', undefined]))
  })
})
