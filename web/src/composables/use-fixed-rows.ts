import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, nextTick, ref, type Ref } from 'vue'

interface FixedRowsOptions {
  scroller: Readonly<Ref<HTMLElement | null>>
  count: () => number
  heightPx: number
  /** Number of rows rendered above and below the visible ones, so that fast scrolling shows no gap. */
  overscan: number
}

/**
 * Returns the indexes of the rows to render in a virtual list. All rows have the same height, so no state is kept per
 * row: a list of 100,000 rows that grows in each frame costs as much as a short one.
 */
export function useFixedRows({ scroller, count, heightPx, overscan }: FixedRowsOptions) {
  const top = ref(0)
  const { height } = useElementSize(scroller)
  useEventListener(scroller, 'scroll', () => (top.value = scroller.value!.scrollTop), { passive: true })

  const end = computed(() => Math.min(count(), Math.ceil((top.value + height.value) / heightPx) + overscan))
  // After the list shrinks, render its end until the browser has adjusted the scroll position.
  const first = computed(() => Math.max(0, Math.min(Math.floor(top.value / heightPx), end.value) - overscan))
  return {
    totalPx: computed(() => count() * heightPx),
    /** Indexes of the rows to render. */
    drawn: computed(() => Array.from({ length: end.value - first.value }, (_, n) => first.value + n)),
    /** Scrolls a row into view: by the shortest distance, or to the center. */
    async scrollTo(index: number, align: 'nearest' | 'center' = 'nearest') {
      // The row may exist only after pending changes are rendered.
      await nextTick()
      const element = scroller.value
      if (!element) return
      const [start, room] = [index * heightPx, element.clientHeight - heightPx]
      if (align === 'center') element.scrollTop = start - room / 2
      else element.scrollTop = Math.max(start - room, Math.min(start, element.scrollTop))
    },
  }
}
