import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref, useTemplateRef } from 'vue'
import { useFixedRows } from './use-fixed-rows.js'

const viewPx = 100
const count = ref(0)

/** Test double: a browser that computes the layout. */
async function list() {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private notify: (entries: { contentRect: { width: number; height: number } }[]) => void) {}
      observe() {
        this.notify([{ contentRect: { width: 300, height: viewPx } }])
      }
      disconnect() {}
    },
  )
  let rows!: ReturnType<typeof useFixedRows>
  const { element } = mount(
    defineComponent(() => {
      const scroller = useTemplateRef<HTMLElement>('scroller')
      rows = useFixedRows({ scroller, count: () => count.value, heightPx: 10, overscan: 2 })
      return () => h('div', { ref: 'scroller' })
    }),
  )
  Object.defineProperty(element, 'clientHeight', { value: viewPx })
  await nextTick()
  const scroll = async (top: number) => {
    element.scrollTop = top
    element.dispatchEvent(new Event('scroll'))
    await nextTick()
  }
  const ends = () => [rows.drawn.value[0], rows.drawn.value.at(-1)]
  return { element, scroll, ends, rows }
}
afterEach(() => vi.unstubAllGlobals())

it('renders only the visible rows and the overscan of a long list', async () => {
  count.value = 100_000
  const { scroll, ends, rows } = await list()
  expect([rows.totalPx.value, ends()]).toEqual([1_000_000, [0, 11]])
  await scroll(500)
  expect(ends()).toEqual([48, 61])
  await scroll(999_900)
  expect(ends()).toEqual([99_988, 99_999])
})

it('renders all rows of a short list, and the last rows when a list shrinks', async () => {
  count.value = 3
  const { scroll, ends, rows } = await list()
  expect(ends()).toEqual([0, 2])
  count.value = 100
  await scroll(900)
  count.value = 20
  expect(ends()).toEqual([18, 19])
  count.value = 0
  expect(rows.drawn.value).toEqual([])
})

it('scrolls a row into view by the shortest distance, or to the center', async () => {
  count.value = 1000
  const { element, rows } = await list()
  const goes = async (...to: Parameters<typeof rows.scrollTo>) => {
    await rows.scrollTo(...to)
    return element.scrollTop
  }
  expect([await goes(5), await goes(12), await goes(5), await goes(500, 'center'), await goes(2)]).toEqual([
    0, 30, 30, 4955, 20,
  ])
})
